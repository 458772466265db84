import { checkPartitions } from "../aws/partitions.ts";
import { assumeRoleWithWebIdentity } from "../aws/sts.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { blaming } from "./blame.ts";
import {
  defaultRoleSessionName,
  durationSecondsOf,
  placeOf,
  profileError,
  propertyOf,
  stsRegion,
  variableOf,
} from "./property.ts";
import { fromProfile, type Source, type SourceContext, type SourceCredentials } from "./source.ts";

/** A profile with `web_identity_token_file` and `role_arn`. */
export async function profileWebIdentity(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials> {
  const roleArn = propertyOf(profile, "role_arn");
  if (roleArn === undefined) {
    throw profileError(
      profile,
      ["web_identity_token_file"],
      "has a `web_identity_token_file` and no `role_arn`",
      "add the ARN of the role that the token is for",
    );
  }
  const credentials = await trade(context, {
    file: propertyOf(profile, "web_identity_token_file") ?? "",
    owner: `profile \`${profile.name}\`${placeOf(profile, "web_identity_token_file")}`,
    roleArn,
    roleSessionName: propertyOf(profile, "role_session_name"),
    durationSeconds: durationSecondsOf(profile),
    region: stsRegion(profile, context.region),
  });
  return { ...fromProfile(profile.name, "web-identity", credentials), roles: [roleArn] };
}

/** `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`, as CI jobs have. */
export const environmentWebIdentity: Source = async (context) => {
  const { env } = context.host;
  const file = variableOf(env, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (file === undefined) return undefined;
  const roleArn = variableOf(env, "AWS_ROLE_ARN");
  if (roleArn === undefined) {
    throw new LetmeError(
      "configuration",
      "`AWS_WEB_IDENTITY_TOKEN_FILE` is set, and `AWS_ROLE_ARN` is not",
      { hint: "set both, or unset both" },
    );
  }
  const credentials = await trade(context, {
    file,
    owner: "`AWS_WEB_IDENTITY_TOKEN_FILE`",
    roleArn,
    roleSessionName: variableOf(env, "AWS_ROLE_SESSION_NAME"),
    durationSeconds: undefined,
    region: stsRegion(undefined, context.region),
  });
  return {
    credentials,
    kind: "web-identity",
    profiles: [],
    roles: [roleArn],
    origin: "the web identity in the environment",
  };
};

interface Trade {
  readonly file: string;
  readonly owner: string;
  readonly roleArn: string;
  readonly roleSessionName: string | undefined;
  readonly durationSeconds: number | undefined;
  readonly region: string;
}

/** The file is read anew each time: whoever issues the tokens replaces them in it. */
async function trade(context: SourceContext, request: Trade) {
  const { roleArn, durationSeconds, region } = request;
  checkPartitions(region, [{ arn: roleArn, what: "the role" }]);
  const webIdentityToken = readToken(context, request);
  return blaming(request.owner, () =>
    assumeRoleWithWebIdentity(context.clientIn(region), {
      roleArn,
      roleSessionName: request.roleSessionName ?? defaultRoleSessionName,
      webIdentityToken,
      durationSeconds,
    }),
  );
}

function readToken({ host }: SourceContext, { file, owner }: Trade): string {
  let bytes: Uint8Array | undefined;
  let reason = "it is not there";
  try {
    bytes = host.files.read(file, "wait for");
  } catch (error) {
    reason = errnoOf(error) ?? "no reason known";
  }
  const token = bytes === undefined ? "" : new TextDecoder().decode(bytes).trim();
  if (token !== "") return token;
  const problem =
    bytes === undefined
      ? `the token file \`${file}\` cannot be read: ${reason}`
      : `the token file \`${file}\` is empty`;
  throw new LetmeError("credentials", `${owner}: ${problem}`, {
    hint: "whatever issues the token writes that file: check that it ran, or the path",
  });
}
