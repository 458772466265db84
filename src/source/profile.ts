import type { SharedSection } from "../profiles/reader.ts";
import { keysFileOf, profileKeys, sessionTokenOf } from "./profile-keys.ts";
import { propertyOf } from "./property.ts";
import type { SourceCandidate, SourceContext, SourceCredentials, SourceKind } from "./source.ts";

/** A profile as the source of a run; undefined where it has nothing to get credentials from. */
export function profileSource(
  context: SourceContext,
  profile: SharedSection,
): SourceCandidate | undefined {
  const isRole = hasRole(profile);
  const kind = ownKind(profile);
  if (!isRole && kind === undefined) return undefined;
  return {
    identity: `profile ${profile.name}`,
    isTemporary: isRole || isTemporary(profile, kind),
    accessKeyId: async () => {
      if (!isRole) return ownAccessKeyId(profile);
      const { accessKeyIdBehind } = await import("./role-way.ts");
      return accessKeyIdBehind(context, profile);
    },
    load: async () => {
      if (!isRole) return ownCredentials(context, profile);
      const { assumedRole } = await import("./assumed-role.ts");
      return assumedRole(context, profile);
    },
  };
}

/** Whether a profile's role is assumed with other credentials, which a web identity's is not. */
export function hasRole(profile: SharedSection): boolean {
  return (
    propertyOf(profile, "role_arn") !== undefined &&
    propertyOf(profile, "web_identity_token_file") === undefined
  );
}

function isTemporary(profile: SharedSection, kind: OwnKind | undefined): boolean | undefined {
  // A program may print either.
  if (kind === "credential-process") return undefined;
  return kind !== "static-keys" || sessionTokenOf(profile) !== undefined;
}

/** What a profile can get credentials from without the help of another. */
type OwnKind = Exclude<SourceKind, "environment" | "container" | "instance-metadata">;

/**
 * What gives a profile's own credentials, in botocore's order, for the AWS CLI is what users compare
 * with: web identity, SSO, keys in the credentials file, `login_session`, `credential_process`, keys
 * in the config file. The JavaScript SDK has keys (of either file), web identity, process, SSO,
 * login; the Rust one has keys last. Only profiles that are set up for several at once see a
 * difference.
 */
function ownKind(profile: SharedSection): OwnKind | undefined {
  const has = (key: string) => propertyOf(profile, key) !== undefined;
  const keysFile = keysFileOf(profile);
  if (has("web_identity_token_file")) return "web-identity";
  // A `sso_session` alone is for services that take its token, and gives no credentials.
  if (has("sso_account_id") || has("sso_role_name")) return "sso";
  if (keysFile === "credentials") return "static-keys";
  if (has("login_session")) return "login-session";
  if (has("credential_process")) return "credential-process";
  return keysFile === undefined ? undefined : "static-keys";
}

/** The access key id that stands in a profile, where its keys are what counts. */
export function ownAccessKeyId(profile: SharedSection): string | undefined {
  return ownKind(profile) === "static-keys" ? propertyOf(profile, "aws_access_key_id") : undefined;
}

/**
 * What a profile gives without the help of another; undefined where it has nothing to get it from.
 * What is rarely used is loaded when it is.
 */
export async function ownCredentials(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials | undefined> {
  switch (ownKind(profile)) {
    case undefined:
      return undefined;
    case "static-keys":
      return profileKeys(context, profile);
    case "web-identity":
      return (await import("./web-identity.ts")).profileWebIdentity(context, profile);
    case "sso":
      return (await import("./sso.ts")).ssoCredentials(context, profile);
    case "login-session":
      return (await import("./login-session.ts")).loginSession(context, profile);
    case "credential-process":
      return (await import("./process-output.ts")).credentialProcess(context, profile);
  }
}
