import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { nearest } from "../nearest.ts";
import type { SharedFiles } from "../profiles/reader.ts";
import { environmentSource } from "./environment.ts";
import { profileKeysSource } from "./profile-keys.ts";
import type { SourceContext, SourceCredentials } from "./source.ts";

/**
 * The credentials to start from: those of the source profile if one is named, else the SDKs'
 * un-named chain: the environment, then the profile `AWS_PROFILE` or `default`
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 */
export async function resolveSource(
  context: SourceContext,
  sourceProfile: string | undefined,
): Promise<SourceCredentials> {
  const { host, sharedFiles } = context;
  const name = profileInUse(host, sourceProfile);
  const sources =
    sourceProfile === undefined
      ? [environmentSource, profileKeysSource(name)]
      : [profileKeysSource(name)];
  for (const source of sources) {
    const found = await source(context);
    if (found === undefined) continue;
    const { expiration } = found.credentials;
    if (expiration !== undefined && expiration <= host.clock.now()) {
      throw new LetmeError(
        "credentials",
        `the credentials of ${found.origin} expired at ${expiration.toISOString()}`,
        { hint: "get new ones where these came from, then run the command again" },
      );
    }
    return found;
  }
  throw nothingFound(sharedFiles, name, sourceProfile !== undefined);
}

/** The profile that counts for credentials and region where the environment says nothing. */
export function profileInUse(host: Host, sourceProfile: string | undefined): string {
  const fromEnvironment = host.env["AWS_PROFILE"];
  if (sourceProfile !== undefined) return sourceProfile;
  return fromEnvironment === undefined || fromEnvironment === "" ? "default" : fromEnvironment;
}

/**
 * The region where the settings name none: the profile's, `AWS_REGION`, `AWS_DEFAULT_REGION`;
 * undefined where none of them says.
 */
export function sourceRegion(
  host: Host,
  sharedFiles: SharedFiles,
  sourceProfile: string | undefined,
): string | undefined {
  const profile = sharedFiles.profile(profileInUse(host, sourceProfile));
  const candidates = [
    profile?.get("region"),
    host.env["AWS_REGION"],
    host.env["AWS_DEFAULT_REGION"],
  ];
  return candidates.find((region) => region !== undefined && region !== "");
}

function nothingFound(sharedFiles: SharedFiles, name: string, named: boolean): LetmeError {
  const profile = sharedFiles.profile(name);
  if (profile !== undefined) {
    return new LetmeError("credentials", `profile \`${name}\` has no access key`, {
      hint: `put keys into the profile, or export credentials first: \`eval "$(aws configure export-credentials --profile ${name} --format env)"\` without a source profile set`,
    });
  }
  if (!named && name === "default") {
    return new LetmeError("credentials", "there are no AWS credentials to start from", {
      hint: "set `aws_source_profile` in letme-config to a profile that has keys, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  const meant = nearest(name, sharedFiles.profileNames());
  return new LetmeError("credentials", `your AWS files have no profile \`${name}\``, {
    hint:
      meant === undefined
        ? "check `aws_source_profile` and AWS_PROFILE"
        : `did you mean \`${meant}\`? check \`aws_source_profile\` and AWS_PROFILE`,
  });
}
