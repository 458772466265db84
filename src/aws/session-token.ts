import { type AwsClient, callAws } from "./client.ts";
import type { Credentials, TemporaryCredentials } from "./credentials.ts";
import { decodeStsError, formHeaders, requireCredentials } from "./sts.ts";

/** What GetSessionToken is asked for (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html). */
export interface SessionTokenRequest {
  readonly durationSeconds: number;
  readonly mfa: { readonly serialNumber: string; readonly tokenCode: string };
}

/** Gets a session with MFA for long-term credentials. Sent once only, for the code's sake. */
export async function getSessionToken(
  client: AwsClient,
  credentials: Credentials,
  { durationSeconds, mfa }: SessionTokenRequest,
): Promise<TemporaryCredentials> {
  const parameters = new URLSearchParams({
    Action: "GetSessionToken",
    Version: "2011-06-15",
    DurationSeconds: String(durationSeconds),
    SerialNumber: mfa.serialNumber,
    TokenCode: mfa.tokenCode,
  });
  const body = await callAws(client, {
    service: "sts",
    operation: "GetSessionToken",
    headers: formHeaders,
    body: parameters.toString(),
    credentials,
    shown: `DurationSeconds=${durationSeconds} SerialNumber=${mfa.serialNumber} TokenCode=[hidden]`,
    secrets: [mfa.tokenCode],
    once: true,
    decodeError: decodeStsError,
  });
  return requireCredentials(client, body, "GetSessionToken", true);
}
