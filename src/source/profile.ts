import type { SharedSection } from "../profiles/reader.ts";
import { keysFileOf, profileKeys } from "./profile-keys.ts";
import { propertyOf } from "./property.ts";
import type { Source, SourceContext, SourceCredentials } from "./source.ts";

/** The credentials of a profile, whatever it gets them from. */
export function profileSource(name: string): Source {
  return async (context) => {
    const profile = context.sharedFiles.profile(name);
    if (profile === undefined) return undefined;
    // A web identity has a `role_arn` too, and is not assumed with other credentials.
    if (
      propertyOf(profile, "role_arn") !== undefined &&
      propertyOf(profile, "web_identity_token_file") === undefined
    ) {
      const { assumedRole } = await import("./assumed-role.ts");
      return assumedRole(context, profile);
    }
    return ownCredentials(context, profile);
  };
}

/**
 * What a profile gives without the help of another, in botocore's order, for the AWS CLI is what
 * users compare with: web identity, SSO, keys in the credentials file, `login_session`,
 * `credential_process`, keys in the config file. The JavaScript SDK has keys (of either file), web
 * identity, process, SSO, login; the Rust one has keys last. Only profiles that are set up for
 * several at once see a difference.
 *
 * What is rarely used is loaded when it is.
 */
export async function ownCredentials(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials | undefined> {
  const has = (key: string) => propertyOf(profile, key) !== undefined;
  if (has("web_identity_token_file")) {
    const { profileWebIdentity } = await import("./web-identity.ts");
    return profileWebIdentity(context, profile);
  }
  // A `sso_session` alone is for services that take its token, and gives no credentials.
  if (has("sso_account_id") || has("sso_role_name")) {
    const { ssoCredentials } = await import("./sso.ts");
    return ssoCredentials(context, profile);
  }
  if (keysFileOf(profile) === "credentials") return profileKeys(context, profile);
  if (has("login_session")) {
    const { loginSession } = await import("./login-session.ts");
    return loginSession(context, profile);
  }
  if (has("credential_process")) {
    const { credentialProcess } = await import("./process-output.ts");
    return credentialProcess(context, profile);
  }
  return profileKeys(context, profile);
}
