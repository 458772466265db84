import { checkPartitions } from "../aws/partitions.ts";
import { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { hasRole, ownAccessKeyId, ownCredentials } from "./profile.ts";
import { keysFileOf } from "./profile-keys.ts";
import {
  defaultRoleSessionName,
  durationSecondsOf,
  profileError,
  propertyOf,
  stsRegion,
  variableOf,
} from "./property.ts";
import type { ProfileRole, SourceContext, SourceCredentials } from "./source.ts";

/** A profile on the way, and its role. */
export interface Step {
  readonly profile: SharedSection;
  readonly role: ProfileRole;
}

/** The roles up to a profile's own, in the order of assuming, and what the first is assumed with. */
export interface Way {
  readonly steps: readonly Step[];
  /** That the first is assumed with, where it is known without asking anyone. */
  readonly accessKeyId: string | undefined;
  readonly loadRoot: () => Promise<SourceCredentials>;
}

/**
 * Finds the way to a profile's role, for which nobody is asked. Throws a `configuration` error where
 * there is none, or a role is not where STS is asked for it.
 */
export function wayTo(
  context: SourceContext,
  profile: SharedSection,
  visited: readonly string[] = [profile.name],
): Way {
  const role = roleOf(context, profile);
  const way = wayToSource(context, profile, visited);
  return { ...way, steps: [...way.steps, { profile, role }] };
}

/** The access key id that a profile's roles start from, where it is known without asking anyone. */
export function accessKeyIdBehind(
  context: SourceContext,
  profile: SharedSection,
): string | undefined {
  try {
    return wayTo(context, profile).accessKeyId;
  } catch (error) {
    // Who needs the way will say what is wrong with it.
    if (error instanceof LetmeError) return undefined;
    throw error;
  }
}

function roleOf(context: SourceContext, profile: SharedSection): ProfileRole {
  const roleArn = propertyOf(profile, "role_arn") ?? "";
  const region = stsRegion(profile, context.region);
  checkPartitions(region, [{ arn: roleArn, what: `profile \`${profile.name}\`'s role` }]);
  return {
    roleArn,
    roleSessionName: propertyOf(profile, "role_session_name") ?? defaultRoleSessionName,
    durationSeconds: durationSecondsOf(profile) ?? 3600,
    externalId: propertyOf(profile, "external_id"),
    serialNumber: propertyOf(profile, "mfa_serial"),
    region,
  };
}

/** What a profile's role is assumed with. */
function wayToSource(
  context: SourceContext,
  profile: SharedSection,
  visited: readonly string[],
): Way {
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
  if (sourceProfile !== undefined) return wayToProfile(context, profile, sourceProfile, visited);
  if (credentialSource !== undefined) {
    const loadRoot = async () => {
      const { namedSource } = await import("./named-source.ts");
      return namedSource(context, profile, credentialSource);
    };
    const isEnvironment = credentialSource.toLowerCase() === "environment";
    const accessKeyId = isEnvironment
      ? variableOf(context.host.env, "AWS_ACCESS_KEY_ID")
      : undefined;
    return { steps: [], accessKeyId, loadRoot };
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

function wayToProfile(
  context: SourceContext,
  profile: SharedSection,
  name: string,
  visited: readonly string[],
): Way {
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
  if (hasRole(source) && !hasKeys) return wayTo(context, source, [...visited, name]);
  const loadRoot = async () => {
    const found = await ownCredentials(context, source);
    if (found !== undefined) return found;
    throw profileError(
      profile,
      ["source_profile"],
      `has the source profile \`${name}\`, which has no credentials`,
      `set up \`${name}\`: keys, SSO, \`login_session\`, \`credential_process\` or a role of its own`,
    );
  };
  return { steps: [], accessKeyId: ownAccessKeyId(source), loadRoot };
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
