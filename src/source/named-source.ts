import { LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { environmentSource } from "./environment.ts";
import { placeOf, profileError } from "./property.ts";
import type { Source, SourceContext, SourceCredentials } from "./source.ts";

// botocore takes these names in any case, the JavaScript SDK as they are written here.
const sources: readonly { readonly name: string; readonly load: () => Promise<Source> }[] = [
  { name: "Environment", load: async () => environmentSource },
  {
    name: "EcsContainer",
    load: async () => (await import("./container.ts")).containerSource,
  },
  {
    name: "Ec2InstanceMetadata",
    load: async () => (await import("./instance.ts")).instanceSource,
  },
];

/** What a profile's `credential_source` names. That it has nothing is an error here. */
export async function namedSource(
  context: SourceContext,
  profile: SharedSection,
  stated: string,
): Promise<SourceCredentials> {
  const known = sources.find(({ name }) => name.toLowerCase() === stated.toLowerCase());
  if (known === undefined) {
    throw profileError(
      profile,
      ["credential_source"],
      `has the \`credential_source\` \`${stated}\`, which AWS does not know`,
      "it is one of Environment, Ec2InstanceMetadata and EcsContainer",
    );
  }
  const found = await (await known.load())(context);
  if (found !== undefined) return found;
  const place = placeOf(profile, "credential_source");
  throw new LetmeError(
    "credentials",
    `profile \`${profile.name}\`${place} takes its credentials from ${known.name}, which has none`,
    { hint: hints[known.name] ?? "check `credential_source`" },
  );
}

const hints: Readonly<Record<string, string>> = {
  Environment: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  EcsContainer:
    "in a container of ECS or EKS, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI is set: run letme there, or set `source_profile`",
  Ec2InstanceMetadata:
    "run letme on an instance that has a role, or set `source_profile`; AWS_EC2_METADATA_DISABLED must not be `true`",
};
