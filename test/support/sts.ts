import { AwsError } from "./aws-error.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import { accountOf, type Identity, type Role, sessionArn, uniqueId } from "./identities.ts";
import type { MfaDevices } from "./mfa.ts";
import { type SignatureRefusal, type SignatureState, verifySignature } from "./signatures.ts";
import { type FormFields, findParameterErrors } from "./sts-parameters.ts";
import { renderError, renderResult, type XmlElements } from "./sts-xml.ts";
import { resolveWebIdentity, type WebIdentity } from "./web-identities.ts";

export interface StsState extends SignatureState {
  readonly mfa: MfaDevices;
  readonly webIdentities: readonly WebIdentity[];
}

const CHAINING_LIMIT_SECONDS = 3600;

/** The form's fields; STS has no repeated ones. */
export function decodeForm(body: Uint8Array): FormFields {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));
}

/** One request to STS, answered as AWS does. */
export async function answerSts(request: HttpRequest, state: StsState): Promise<HttpReply> {
  if (request.method !== "POST") {
    // The real one sends a browser to its product page; clients use this to warm a connection.
    return { status: 302, headers: { Location: "https://aws.amazon.com/iam" }, body: "" };
  }
  try {
    const fields = decodeForm(request.body);
    const operation = fields["Action"] ?? "";
    return renderResult(operation, await call(operation, fields, request, state));
  } catch (error) {
    if (error instanceof AwsError) return renderError(error);
    throw error;
  }
}

async function call(
  operation: string,
  fields: FormFields,
  request: HttpRequest,
  state: StsState,
): Promise<XmlElements> {
  if (fields["Version"] !== "2011-06-15" || !OPERATIONS.has(operation)) {
    const version = fields["Version"] ?? "NO_VERSION_SPECIFIED";
    throw new AwsError(
      400,
      "InvalidAction",
      `Could not find operation ${operation} for version ${version}`,
    );
  }
  if (operation === "AssumeRoleWithWebIdentity") {
    checkParameters(operation, fields);
    return assumeRoleWithWebIdentity(fields, state);
  }
  const caller = await verifySignature(request, "sts", state);
  if ("reason" in caller) throw refusalError(caller);
  checkParameters(operation, fields);
  if (operation === "AssumeRole") return assumeRole(fields, caller, state);
  if (operation === "GetSessionToken") return getSessionToken(fields, caller, state);
  return { UserId: caller.userId, Account: accountOf(caller.arn), Arn: caller.arn };
}

const OPERATIONS = new Set([
  "AssumeRole",
  "AssumeRoleWithWebIdentity",
  "GetCallerIdentity",
  "GetSessionToken",
]);

function checkParameters(operation: string, fields: FormFields): void {
  const errors = findParameterErrors(operation, fields);
  if (errors !== undefined) throw new AwsError(400, "ValidationError", errors);
}

/** How the services that speak XML word a signature that does not count. */
export function refusalError({ reason, message }: SignatureRefusal): AwsError {
  switch (reason) {
    case "missing":
      return new AwsError(403, "MissingAuthenticationToken", message);
    case "incomplete":
      return new AwsError(400, "IncompleteSignature", message);
    case "mismatch":
      return new AwsError(403, "SignatureDoesNotMatch", message);
    case "unknown-key":
      return new AwsError(403, "InvalidClientTokenId", message);
    case "expired":
      return new AwsError(403, "ExpiredToken", message);
  }
}

function accessDenied(message: string): AwsError {
  return new AwsError(403, "AccessDenied", message);
}

function assumeRole(fields: FormFields, caller: Identity, state: StsState): XmlElements {
  const roleArn = fields["RoleArn"] ?? "";
  const mfaNow = verifyMfa(fields, caller, state.mfa);
  const role = state.identities.role(roleArn);
  const mfaPresent = mfaNow || (caller.kind === "session" && caller.mfaPresent);
  if (
    role === undefined ||
    !trusts(role, caller.trustArn) ||
    (role.externalId !== undefined && role.externalId !== fields["ExternalId"]) ||
    (role.requireMfa === true && !mfaPresent)
  ) {
    throw accessDenied(
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  }
  if (caller.kind !== "long-term" && durationOf(fields, 3600) > CHAINING_LIMIT_SECONDS) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
  return issueRoleSession(role, fields, state);
}

function assumeRoleWithWebIdentity(fields: FormFields, state: StsState): XmlElements {
  const identity = resolveWebIdentity(fields["WebIdentityToken"] ?? "", state.webIdentities);
  const role = state.identities.role(fields["RoleArn"] ?? "");
  if (role === undefined || !role.trusts.includes(identity.provider)) {
    throw accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  return {
    SubjectFromWebIdentityToken: identity.subject,
    Audience: identity.audience ?? "sts.amazonaws.com",
    Provider: identity.provider,
    ...issueRoleSession(role, fields, state),
  };
}

function issueRoleSession(role: Role, fields: FormFields, state: StsState): XmlElements {
  const durationSeconds = durationOf(fields, 3600);
  if (durationSeconds > (role.maxSessionDuration ?? 3600)) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  const roleSessionName = fields["RoleSessionName"] ?? "";
  const arn = sessionArn(role.arn, roleSessionName);
  const userId = `${uniqueId("AROA", role.arn)}:${roleSessionName}`;
  const issued = state.identities.issue(
    {
      kind: "assumed-role",
      arn,
      userId,
      trustArn: role.arn,
      mfaSerial: undefined,
      // Not handed on in a chain of roles: the next role's trust policy does not see it.
      mfaPresent: false,
      dynamodb: role.dynamodb ?? true,
    },
    durationSeconds,
  );
  const sourceIdentity = fields["SourceIdentity"];
  return {
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    Credentials: renderCredentials(issued),
    ...(fields["Policy"] !== undefined && { PackedPolicySize: "1" }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
}

function getSessionToken(fields: FormFields, caller: Identity, state: StsState): XmlElements {
  if (caller.kind !== "long-term") {
    throw accessDenied("Cannot call GetSessionToken with session credentials");
  }
  const mfaPresent = verifyMfa(fields, caller, state.mfa);
  const { arn, userId, trustArn, mfaSerial, dynamodb } = caller;
  const issued = state.identities.issue(
    { kind: "session", arn, userId, trustArn, mfaSerial, mfaPresent, dynamodb },
    durationOf(fields, 43_200),
  );
  return { Credentials: renderCredentials(issued) };
}

function renderCredentials(
  issued: Identity & { readonly sessionToken: string; readonly expiration: Date },
): XmlElements {
  return {
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secretAccessKey,
    SessionToken: issued.sessionToken,
    Expiration: issued.expiration.toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/** Whether the call carries a right code; a wrong one fails the call before anything is looked at. */
function verifyMfa(fields: FormFields, caller: Identity, mfa: MfaDevices): boolean {
  const serialNumber = fields["SerialNumber"];
  const tokenCode = fields["TokenCode"];
  if (serialNumber === undefined && tokenCode === undefined) return false;
  if (serialNumber === undefined || tokenCode === undefined) {
    throw accessDenied(
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ",
    );
  }
  if (serialNumber !== caller.mfaSerial) {
    throw accessDenied(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (!mfa.use(serialNumber, tokenCode)) {
    throw accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
  }
  return true;
}

function trusts(role: Role, trustArn: string): boolean {
  const root = `arn:${trustArn.split(":")[1]}:iam::${accountOf(trustArn)}:root`;
  return role.trusts.some((trusted) => trusted === "*" || trusted === trustArn || trusted === root);
}

function durationOf(fields: FormFields, otherwise: number): number {
  return Number(fields["DurationSeconds"] ?? otherwise);
}
