import { checkPartitions } from "../aws/partitions.ts";
import { type AssumeRoleRequest, assumeRole } from "../aws/sts.ts";
import type { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { blaming } from "./blame.ts";
import { checkExpiry } from "./expiry.ts";
import { hasRole, ownCredentials } from "./profile.ts";
import { keysFileOf } from "./profile-keys.ts";
import {
  defaultRoleSessionName,
  durationSecondsOf,
  placeOf,
  profileError,
  propertyOf,
  stsRegion,
} from "./property.ts";
import type { SourceContext, SourceCredentials } from "./source.ts";

/**
 * The role of a profile (`role_arn`), assumed with the credentials of its `source_profile`, which
 * may have a role itself, or of its `credential_source`. What each profile on the way says of
 * `external_id`, `role_session_name`, `duration_seconds`, `mfa_serial` and `region` counts for its
 * own role.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
export async function assumedRole(
  context: SourceContext,
  profile: SharedSection,
  visited: readonly string[] = [profile.name],
): Promise<SourceCredentials> {
  const roleArn = propertyOf(profile, "role_arn") ?? "";
  const region = stsRegion(profile, context.region);
  checkPartitions(region, [{ arn: roleArn, what: `profile \`${profile.name}\`'s role` }]);
  const durationSeconds = durationSecondsOf(profile) ?? 3600;
  const source = await sourceOf(context, profile, visited);
  const now = context.host.clock.now();
  checkExpiry(source, now, context.sharedFiles.profile(source.profiles.at(-1) ?? ""));
  const serialNumber = propertyOf(profile, "mfa_serial");
  const owner = `profile \`${profile.name}\`${placeOf(profile, "role_arn")}`;
  const assume = (mfa?: AssumeRoleRequest["mfa"]) =>
    assumeRole(context.clientIn(region), source.credentials, {
      roleArn,
      roleSessionName: propertyOf(profile, "role_session_name") ?? defaultRoleSessionName,
      durationSeconds,
      externalId: propertyOf(profile, "external_id"),
      mfa,
    });
  const credentials = await blaming(owner, () =>
    serialNumber === undefined
      ? assume()
      : context.spendTokenCode(serialNumber, (tokenCode) => assume({ serialNumber, tokenCode })),
  );
  return {
    ...source,
    credentials,
    profiles:
      source.profiles[0] === profile.name ? source.profiles : [profile.name, ...source.profiles],
    roles: [...source.roles, roleArn],
    origin: `profile \`${profile.name}\``,
  };
}

async function sourceOf(
  context: SourceContext,
  profile: SharedSection,
  visited: readonly string[],
): Promise<SourceCredentials> {
  const sourceProfile = propertyOf(profile, "source_profile");
  const credentialSource = propertyOf(profile, "credential_source");
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw profileError(
      profile,
      ["credential_source", "source_profile"],
      "has both `source_profile` and `credential_source`",
      "take one of the two out",
    );
  }
  if (sourceProfile !== undefined) return ofProfile(context, profile, sourceProfile, visited);
  if (credentialSource !== undefined) {
    const { namedSource } = await import("./named-source.ts");
    return namedSource(context, profile, credentialSource);
  }
  throw profileError(
    profile,
    ["role_arn"],
    "has a `role_arn`, and nothing to assume it with",
    "add `source_profile = NAME`, or `credential_source = Environment` (or Ec2InstanceMetadata, EcsContainer)",
  );
}

/** Each is a call to STS; nobody has so many in a row. */
const mostProfiles = 16;

async function ofProfile(
  context: SourceContext,
  profile: SharedSection,
  name: string,
  visited: readonly string[],
): Promise<SourceCredentials> {
  const source = context.sharedFiles.profile(name);
  if (source === undefined) throw missing(context, profile, name);
  // Keys end the way, also those of a profile with a role: it may name itself for them alone.
  const hasKeys = keysFileOf(source) !== undefined;
  if (visited.includes(name) && !(name === profile.name && hasKeys)) {
    throw profileError(
      profile,
      ["source_profile"],
      `leads in a circle: ${[...visited, name].map((one) => `\`${one}\``).join(" → ")}`,
      "one of these profiles must get its credentials without the others",
    );
  }
  if (visited.length >= mostProfiles) {
    throw profileError(
      profile,
      ["source_profile"],
      `is at the end of ${mostProfiles} profiles that each have the next one for a source, and names another`,
      "start from a profile that is nearer to the credentials",
    );
  }
  if (hasRole(source) && !hasKeys) return assumedRole(context, source, [...visited, name]);
  const found = await ownCredentials(context, source);
  if (found !== undefined) return found;
  throw profileError(
    profile,
    ["source_profile"],
    `has the source profile \`${name}\`, which has no credentials`,
    `set up \`${name}\`: keys, SSO, \`login_session\`, \`credential_process\` or a role of its own`,
  );
}

function missing(context: SourceContext, profile: SharedSection, name: string): LetmeError {
  const meant = nearest(name, context.sharedFiles.profileNames());
  return profileError(
    profile,
    ["source_profile"],
    `has the source profile \`${name}\`, which is not in your AWS files`,
    meant === undefined ? "add it, or name another" : `did you mean \`${meant}\`?`,
  );
}
