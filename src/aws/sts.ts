import { LetmeError } from "../errors.ts";
import { type AwsClient, callAws } from "./client.ts";
import type { Credentials, TemporaryCredentials } from "./credentials.ts";
import { elementText, innerXml } from "./xml.ts";

/** What AssumeRole is asked for (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). */
export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly mfa?: { readonly serialNumber: string; readonly tokenCode: string } | undefined;
}

/** Assumes a role. A request with an MFA code is sent once only. */
export async function assumeRole(
  client: AwsClient,
  credentials: Credentials,
  request: AssumeRoleRequest,
): Promise<TemporaryCredentials> {
  const parameters = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    DurationSeconds: String(request.durationSeconds),
  });
  if (request.mfa !== undefined) {
    parameters.set("SerialNumber", request.mfa.serialNumber);
    parameters.set("TokenCode", request.mfa.tokenCode);
  }
  const body = await callAws(client, {
    service: "sts",
    operation: "AssumeRole",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: parameters.toString(),
    credentials,
    shown:
      `RoleArn=${request.roleArn} RoleSessionName=${request.roleSessionName}` +
      ` DurationSeconds=${request.durationSeconds}` +
      (request.mfa === undefined ? "" : " TokenCode=[hidden]"),
    once: request.mfa !== undefined,
    decodeError: decodeStsError,
  });
  const decoded = decodeCredentials(body);
  if (decoded === undefined) {
    throw new LetmeError("failed", "STS's reply to AssumeRole has no credentials in it", {
      hint: "a proxy may stand in between; `--debug` shows each request",
    });
  }
  return decoded;
}

/** The Credentials element, its children in any order; undefined where one is missing or wrong. */
export function decodeCredentials(xml: string): TemporaryCredentials | undefined {
  const element = innerXml(xml, "Credentials");
  if (element === undefined) return undefined;
  const accessKeyId = elementText(element, "AccessKeyId");
  const secretAccessKey = elementText(element, "SecretAccessKey");
  // A session token may be wrapped over several lines.
  const sessionToken = elementText(element, "SessionToken")?.replace(/\s+/g, "");
  const expiration = new Date(elementText(element, "Expiration") ?? "");
  if (!isToken(accessKeyId) || !isToken(secretAccessKey) || !isToken(sessionToken))
    return undefined;
  if (Number.isNaN(expiration.getTime())) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

/** Printable ASCII without blanks: what goes into a file line and a header unharmed. */
function isToken(text: string | undefined): text is string {
  return text !== undefined && /^[\x21-\x7e]+$/.test(text);
}

/** STS's error: `<ErrorResponse><Error>`, or `<Errors><Error>` as some of its doubles have it. */
export function decodeStsError(body: string): { code: string; reason: string } | undefined {
  const error = innerXml(body, "Error");
  const code = error === undefined ? undefined : elementText(error, "Code");
  if (error === undefined || code === undefined) return undefined;
  return { code, reason: elementText(error, "Message") ?? "" };
}
