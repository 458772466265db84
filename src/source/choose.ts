import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { nearest } from "../nearest.ts";
import type { SharedFiles } from "../profiles/reader.ts";
import { environmentKeys } from "./environment.ts";
import { checkExpiry } from "./expiry.ts";
import { profileSource } from "./profile.ts";
import { placeOf, profileError, propertyOf, variableOf } from "./property.ts";
import type { ChosenSource, SourceCandidate, SourceContext } from "./source.ts";

/**
 * The credentials to start from: those of the source profile if one is named, else the un-named
 * chain: the environment, the profile `AWS_PROFILE` or `default`, web identity from the
 * environment, the container, the instance
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 *
 * Where the SDKs differ: the JavaScript SDK passes over the environment's keys when AWS_PROFILE is
 * set; here they come first, as in botocore and so in the AWS CLI. botocore asks web identity from
 * the environment between a profile's role and the rest of that profile; here it comes behind the
 * whole profile, as in the JavaScript SDK. A name in AWS_PROFILE that no file has is an error, as
 * in botocore; the JavaScript SDK goes on.
 *
 * No file is read for it and nobody is asked, so that who needs no credentials waits for none.
 * Throws a `LetmeError` where no source is set up, or half of one.
 */
export function chooseSource(
  context: SourceContext,
  sourceProfile: string | undefined,
): ChosenSource {
  const { host, sharedFiles } = context;
  const name = profileInUse(host, sourceProfile);
  const isNamed = sourceProfile !== undefined;
  const candidate = isNamed ? ofProfile(context, name) : firstUnnamed(context, name);
  const missing = () => nothingFound(sharedFiles, name, isNamed);
  if (candidate === undefined) throw missing();
  return {
    ...candidate,
    load: async () => {
      const found = await candidate.load();
      if (found === undefined) throw missing();
      // AWS says when credentials end, by its own clock.
      checkExpiry(found, context.awsTime(), sharedFiles.profile(found.profiles.at(-1) ?? ""));
      return found;
    },
  };
}

function firstUnnamed(context: SourceContext, name: string): SourceCandidate | undefined {
  const keys = ofEnvironmentKeys(context.host);
  if (keys !== undefined) return keys;
  // A name that AWS_PROFILE has wrong must not lead to somebody else's credentials.
  if (name !== "default" && context.sharedFiles.profile(name) === undefined) return undefined;
  return ofProfile(context, name) ?? ofSurroundings(context);
}

function ofProfile(context: SourceContext, name: string): SourceCandidate | undefined {
  const profile = context.sharedFiles.profile(name);
  return profile === undefined ? undefined : profileSource(context, profile);
}

function ofEnvironmentKeys(host: Host): SourceCandidate | undefined {
  const found = environmentKeys(host);
  if (found === undefined) return undefined;
  const { accessKeyId, sessionToken } = found.credentials;
  const isTemporary = sessionToken !== undefined;
  // Long-term keys say who somebody is; temporary ones are others each time that they are got.
  const who = isTemporary ? (variableOf(host.env, "AWS_ACCOUNT_ID") ?? "session") : accessKeyId;
  return {
    identity: `environment ${who}`,
    isTemporary,
    accessKeyId: async () => accessKeyId,
    load: async () => found,
  };
}

/** What the machine has for whoever runs on it: the web identity of a job, a container, an instance. */
function ofSurroundings(context: SourceContext): SourceCandidate {
  const isSet = (name: string) => variableOf(context.host.env, name) !== undefined;
  if (isSet("AWS_WEB_IDENTITY_TOKEN_FILE")) {
    const roleArn = variableOf(context.host.env, "AWS_ROLE_ARN");
    return {
      identity: `web identity ${roleArn}`,
      isTemporary: true,
      accessKeyId: onlyAskingTells,
      load: async () => (await import("./web-identity.ts")).environmentWebIdentity(context),
    };
  }
  if (["RELATIVE", "FULL"].some((kind) => isSet(`AWS_CONTAINER_CREDENTIALS_${kind}_URI`))) {
    return {
      identity: "container",
      isTemporary: undefined,
      accessKeyId: onlyAskingTells,
      load: async () => (await import("./container.ts")).containerSource(context),
    };
  }
  return {
    identity: "instance",
    isTemporary: true,
    accessKeyId: onlyAskingTells,
    load: async () => (await import("./instance.ts")).instanceSource(context),
  };
}

const onlyAskingTells = async () => undefined;

/** The profile that counts for credentials and region where the environment says nothing. */
export function profileInUse(host: Host, sourceProfile: string | undefined): string {
  return sourceProfile ?? variableOf(host.env, "AWS_PROFILE") ?? "default";
}

/**
 * The region where the settings name none: the profile's, `AWS_REGION`, `AWS_DEFAULT_REGION`;
 * undefined where none of them says. A profile's `local` is refused: by that the table would be asked
 * of whoever listens on this machine, by plain HTTP, and a registry may have given the profile its
 * region.
 */
export function sourceRegion(
  host: Host,
  sharedFiles: SharedFiles,
  sourceProfile: string | undefined,
): string | undefined {
  const profile = sharedFiles.profile(profileInUse(host, sourceProfile));
  const stated = propertyOf(profile, "region");
  if (stated === "local" && profile !== undefined) {
    throw profileError(
      profile,
      ["region"],
      "has the region `local`, which is no region of AWS",
      "correct it; for a DynamoDB on this machine say so with `--source-region local` or `aws_source_profile_region`",
    );
  }
  const candidates = [
    stated,
    variableOf(host.env, "AWS_REGION"),
    variableOf(host.env, "AWS_DEFAULT_REGION"),
  ];
  return candidates.find((region) => region !== undefined);
}

function nothingFound(sharedFiles: SharedFiles, name: string, named: boolean): LetmeError {
  const profile = sharedFiles.profile(name);
  if (!named && name === "default") {
    return new LetmeError("credentials", "there are no AWS credentials to start from", {
      hint: "set `aws_source_profile` in letme-config to a profile that has some, or sign in (`aws login`, `aws sso login`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  if (profile !== undefined) {
    const place = placeOf(profile, ...profile.properties.keys());
    const hint =
      propertyOf(profile, "sso_session") === undefined
        ? "it needs one of: `aws_access_key_id` and `aws_secret_access_key`, `role_arn`, `sso_session`, `login_session`, `credential_process`"
        : "beside `sso_session` it needs `sso_account_id` and `sso_role_name`";
    return new LetmeError("credentials", `profile \`${name}\`${place} has no credentials`, {
      hint,
    });
  }
  const meant = nearest(name, sharedFiles.profileNames());
  return new LetmeError("credentials", `your AWS files have no profile \`${name}\``, {
    hint:
      meant === undefined
        ? "check the name; without one, `aws_source_profile` and AWS_PROFILE choose the profile"
        : `did you mean \`${meant}\`? without a name, \`aws_source_profile\` and AWS_PROFILE choose the profile`,
  });
}
