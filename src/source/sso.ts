import { AwsError } from "../aws/errors.ts";
import { getRoleCredentials } from "../aws/sso.ts";
import { LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { isRegionLabel } from "../region-form.ts";
import { signInAgain } from "./expiry.ts";
import { placeOf, profileError, propertyOf } from "./property.ts";
import { fromProfile, type SourceContext, type SourceCredentials } from "./source.ts";
import { ssoToken } from "./sso-token.ts";

/** What a profile says of IAM Identity Center. */
export interface SsoSettings {
  readonly profile: SharedSection;
  /** Undefined in the legacy form, where all stands in the profile. */
  readonly sessionName: string | undefined;
  readonly startUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly roleName: string;
}

/**
 * A profile of IAM Identity Center, with `sso_session` or in the legacy form.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
export async function ssoCredentials(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials> {
  const settings = readSettings(context, profile);
  const accessToken = await ssoToken(context, settings);
  const { accountId, roleName } = settings;
  try {
    const credentials = await getRoleCredentials(context.clientIn(settings.region), {
      accessToken,
      accountId,
      roleName,
    });
    return fromProfile(profile.name, "sso", credentials);
  } catch (error) {
    if (error instanceof AwsError) throw explained(error, settings);
    throw error;
  }
}

function explained(error: AwsError, { profile, accountId, roleName }: SsoSettings): LetmeError {
  const { status } = error.refusal;
  const place = placeOf(profile, "sso_session", "sso_start_url");
  if (status === 401) {
    return new LetmeError(
      "credentials",
      `the SSO session of profile \`${profile.name}\`${place} is no longer accepted: ${error.message}`,
      { hint: signInAgain(profile), cause: error },
    );
  }
  if (status === 403 || status === 404 || status === 400) {
    return new LetmeError(
      "credentials",
      `profile \`${profile.name}\`${placeOf(profile, "sso_role_name")} gets no credentials: ${error.message}`,
      {
        hint: `check that \`${roleName}\` in the account ${accountId} is assigned to you (\`sso_role_name\`, \`sso_account_id\`)`,
        cause: error,
      },
    );
  }
  return error;
}

function readSettings(context: SourceContext, profile: SharedSection): SsoSettings {
  const sessionName = propertyOf(profile, "sso_session");
  const session =
    sessionName === undefined ? undefined : requireSession(context, profile, sessionName);
  const shared = (key: string) => {
    const own = propertyOf(profile, key);
    if (session === undefined) return own;
    const stated = propertyOf(session, key);
    if (own !== undefined && stated !== undefined && own !== stated) {
      throw profileError(
        profile,
        [key],
        `has another \`${key}\` (\`${own}\`) than its sso-session \`${sessionName}\` (\`${stated}\`)`,
        "take it out of the profile",
      );
    }
    return stated;
  };
  const require = (key: string, value: string | undefined) => {
    if (value !== undefined) return value;
    const where = session === undefined || key === "sso_account_id" || key === "sso_role_name";
    throw profileError(
      profile,
      ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"],
      `is set up for SSO without \`${key}\`${where ? "" : ` in its sso-session \`${sessionName}\`${placeOf(session, "sso_region", "sso_start_url")}`}`,
      "run `aws configure sso`, or add it",
    );
  };
  const region = require("sso_region", shared("sso_region"));
  if (!isRegionLabel(region)) {
    throw profileError(profile, ["sso_region"], "has an `sso_region` that is none", "correct it");
  }
  return {
    profile,
    sessionName,
    startUrl: require("sso_start_url", shared("sso_start_url")),
    region,
    accountId: require("sso_account_id", propertyOf(profile, "sso_account_id")),
    roleName: require("sso_role_name", propertyOf(profile, "sso_role_name")),
  };
}

function requireSession(
  { sharedFiles }: SourceContext,
  profile: SharedSection,
  name: string,
): SharedSection {
  const session = sharedFiles.ssoSession(name);
  if (session !== undefined) return session;
  throw profileError(
    profile,
    ["sso_session"],
    `names the sso-session \`${name}\`, which is not in your AWS files`,
    `add \`[sso-session ${name}]\` to the config file: \`aws configure sso-session\``,
  );
}
