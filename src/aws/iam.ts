import { type AwsClient, callAws } from "./client.ts";
import type { Credentials } from "./credentials.ts";
import { decodeStsError, formHeaders } from "./sts.ts";
import { elementText, innerElements, innerXml } from "./xml.ts";

/**
 * The serial numbers of the caller's own MFA devices, in as many requests as it takes
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html). Only for an IAM
 * user, and where its permissions allow it; an `AwsError` else.
 */
export async function listMfaDevices(
  client: AwsClient,
  credentials: Credentials,
): Promise<readonly string[]> {
  const serialNumbers: string[] = [];
  let marker: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const parameters = new URLSearchParams({ Action: "ListMFADevices", Version: "2010-05-08" });
    if (marker !== undefined) parameters.set("Marker", marker);
    const body = await callAws(client, {
      service: "iam",
      operation: "ListMFADevices",
      headers: formHeaders,
      body: parameters.toString(),
      credentials,
      shown: "",
      secrets: [],
      once: false,
      decodeError: decodeStsError,
    });
    const members = innerElements(innerXml(body, "MFADevices") ?? "", "member");
    for (const member of members) {
      const serialNumber = elementText(member, "SerialNumber");
      if (serialNumber !== undefined) serialNumbers.push(serialNumber);
    }
    const next = elementText(body, "Marker");
    if (elementText(body, "IsTruncated") !== "true" || next === undefined || next === marker) {
      return serialNumbers;
    }
    marker = next;
  }
  return serialNumbers;
}

// A user has at most eight devices.
const mostPages = 10;
