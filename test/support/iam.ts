import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import type { SignatureState } from "./signatures.ts";
import { verifySignature } from "./signatures.ts";
import { decodeForm, refusalError } from "./sts.ts";
import { escapeText, renderError } from "./sts-xml.ts";

const NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/";

/** One request to IAM: `ListMFADevices` of the caller, who must be a user, in pages of one. */
export async function answerIam(request: HttpRequest, state: SignatureState): Promise<HttpReply> {
  try {
    return await listMfaDevices(request, state);
  } catch (error) {
    if (error instanceof AwsError) return renderError(error);
    throw error;
  }
}

async function listMfaDevices(request: HttpRequest, state: SignatureState): Promise<HttpReply> {
  const fields = decodeForm(request.body);
  const action = fields["Action"] ?? "";
  if (fields["Version"] !== "2010-05-08" || action !== "ListMFADevices") {
    throw new AwsError(400, "InvalidAction", `Could not find operation ${action}`);
  }
  const caller = await verifySignature(request, "iam", state);
  if ("reason" in caller) throw refusalError(caller);
  if (caller.kind !== "long-term") {
    throw new AwsError(
      400,
      "ValidationError",
      "Must specify userName when calling with non-User credentials",
    );
  }
  if (!caller.dynamodb) {
    throw new AwsError(
      403,
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: iam:ListMFADevices on resource: user`,
    );
  }
  const own = caller.mfaSerial === undefined ? [] : [caller.mfaSerial];
  const devices = [...own, caller.arn.replace(":user/", ":mfa/spare-")];
  const at = Number(fields["Marker"] ?? "0");
  const [device = ""] = devices.slice(at);
  const isLast = at >= devices.length - 1;
  const requestId = randomUUID();
  const body = `<ListMFADevicesResponse xmlns="${NAMESPACE}">
  <ListMFADevicesResult>
    <MFADevices>
      <member>
        <UserName>${escapeText(caller.arn.split("/").at(-1) ?? "")}</UserName>
        <SerialNumber>${escapeText(device)}</SerialNumber>
        <EnableDate>2026-01-02T03:04:05Z</EnableDate>
      </member>
    </MFADevices>
    <IsTruncated>${!isLast}</IsTruncated>${isLast ? "" : `\n    <Marker>${at + 1}</Marker>`}
  </ListMFADevicesResult>
  <ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>
</ListMFADevicesResponse>
`;
  const headers = { "x-amzn-RequestId": requestId, "Content-Type": "text/xml" };
  return { status: 200, headers, body };
}
