import { LetmeError } from "../errors.ts";
import { isFileSafe } from "../key-form.ts";
import { type AwsClient, awsTime, callAws, type DecodedError } from "./client.ts";
import type { Credentials, TemporaryCredentials } from "./credentials.ts";
import { spentCode } from "./no-reply.ts";
import { elementText, innerXml } from "./xml.ts";

/** What AssumeRole is asked for (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). */
export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly externalId?: string | undefined;
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
  if (request.externalId !== undefined) parameters.set("ExternalId", request.externalId);
  if (request.mfa !== undefined) {
    parameters.set("SerialNumber", request.mfa.serialNumber);
    parameters.set("TokenCode", request.mfa.tokenCode);
  }
  const body = await callAws(client, {
    service: "sts",
    operation: "AssumeRole",
    headers: formHeaders,
    body: parameters.toString(),
    credentials,
    shown:
      `RoleArn=${request.roleArn} RoleSessionName=${request.roleSessionName}` +
      ` DurationSeconds=${request.durationSeconds}` +
      (request.mfa === undefined ? "" : " TokenCode=[hidden]"),
    secrets: request.mfa === undefined ? [] : [request.mfa.tokenCode],
    once: request.mfa !== undefined,
    decodeError: decodeStsError,
  });
  return requireCredentials(client, body, "AssumeRole", request.mfa !== undefined);
}

/** What AssumeRoleWithWebIdentity is asked for. */
export interface WebIdentityRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** The identity provider's token: a secret. */
  readonly webIdentityToken: string;
  readonly durationSeconds?: number | undefined;
}

/**
 * Trades an identity provider's token for a role's credentials; the request is not signed.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRoleWithWebIdentity(
  client: AwsClient,
  request: WebIdentityRequest,
): Promise<TemporaryCredentials> {
  const operation = "AssumeRoleWithWebIdentity";
  const parameters = new URLSearchParams({
    Action: operation,
    Version: "2011-06-15",
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    WebIdentityToken: request.webIdentityToken,
  });
  if (request.durationSeconds !== undefined) {
    parameters.set("DurationSeconds", String(request.durationSeconds));
  }
  const body = await callAws(client, {
    service: "sts",
    operation,
    headers: formHeaders,
    body: parameters.toString(),
    credentials: undefined,
    shown: `RoleArn=${request.roleArn} RoleSessionName=${request.roleSessionName} WebIdentityToken=[hidden]`,
    secrets: [request.webIdentityToken],
    once: false,
    decodeError: decodeStsError,
  });
  return requireCredentials(client, body, operation, false);
}

/** Who AWS takes the caller for. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** Asks who one is; no permission is needed for it. */
export async function getCallerIdentity(
  client: AwsClient,
  credentials: Credentials,
): Promise<CallerIdentity> {
  const operation = "GetCallerIdentity";
  const body = await callAws(client, {
    service: "sts",
    operation,
    headers: formHeaders,
    body: new URLSearchParams({ Action: operation, Version: "2011-06-15" }).toString(),
    credentials,
    shown: "",
    secrets: [],
    once: false,
    decodeError: decodeStsError,
  });
  const [account, arn, userId] = ["Account", "Arn", "UserId"].map((name) =>
    elementText(body, name),
  );
  if (account === undefined || arn === undefined) throw strangeReply(operation, "identity");
  return { account, arn, userId: userId ?? "" };
}

/** What every request to STS says of its body. */
export const formHeaders = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

/**
 * The credentials of a reply; a `failed` error where it has none, or none that can be STS's. `once`:
 * the request carried an MFA code.
 */
export function requireCredentials(
  client: Pick<AwsClient, "host" | "skew">,
  body: string,
  operation: string,
  once: boolean,
): TemporaryCredentials {
  const spent = once ? spentCode : "";
  const decoded = decodeCredentials(body);
  if (decoded === undefined) throw strangeReply(operation, "credentials", spent);
  const left = decoded.expiration.getTime() - awsTime(client).getTime();
  if (left > 0 && left <= longestMilliseconds) return decoded;
  const end = decoded.expiration.toISOString();
  throw new LetmeError(
    "failed",
    `STS's reply to ${operation} has credentials that end at ${end}, which cannot be`,
    {
      hint: `check the clock of this machine; or what answers is not STS: AWS_ENDPOINT_URL, a proxy${spent}`,
    },
  );
}

/** No credentials of STS last longer than 36 hours; the rest is for clocks that differ. */
const longestMilliseconds = 37 * 3600 * 1000;

function strangeReply(operation: string, missing: string, spent = ""): LetmeError {
  return new LetmeError("failed", `STS's reply to ${operation} has no ${missing} in it`, {
    hint: `a proxy may stand in between; \`--debug\` shows each request${spent}`,
  });
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
  // What could not be written would keep the accounts beside it from being written too.
  if (!isFileSafe(accessKeyId) || !isFileSafe(secretAccessKey) || !isFileSafe(sessionToken)) {
    return undefined;
  }
  // A year of more than four digits has another form in text, which nobody who reads it expects.
  if (!(expiration.getUTCFullYear() <= 9999)) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

/** STS's error: `<ErrorResponse><Error>`, or `<Errors><Error>` as some of its doubles have it. */
export function decodeStsError(body: string): DecodedError | undefined {
  const error = innerXml(body, "Error");
  const code = error === undefined ? undefined : elementText(error, "Code");
  if (error === undefined || code === undefined) return undefined;
  // The second is the spelling of EC2 and of the doubles that are made like it.
  const requestId = elementText(body, "RequestId") ?? elementText(body, "RequestID");
  return { code, reason: elementText(error, "Message") ?? "", requestId };
}
