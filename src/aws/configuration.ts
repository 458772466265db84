import { LetmeError } from "../errors.ts";

/** A section of the AWS files as this folder sees it; a `SharedSection` is one. */
export interface ConfigurationSection {
  readonly name: string;
  readonly properties: ReadonlyMap<
    string,
    { readonly value: string; readonly file: string; readonly line: number }
  >;
  /** The sub-properties of a nested value. */
  nested(key: string): ReadonlyMap<string, string>;
}

/** Where AWS's own settings come from: the environment, and the profile in use as source. */
export interface AwsConfiguration {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly profile: ConfigurationSection | undefined;
  /** A `services` section of the AWS files. */
  readonly services: (name: string) => ConfigurationSection | undefined;
}

/** A value, and where it was set, for people. */
export interface ConfiguredValue {
  readonly value: string;
  readonly origin: string;
}

/** A variable's value; blank counts as unset. */
export function variable(
  { env }: Pick<AwsConfiguration, "env">,
  name: string,
): ConfiguredValue | undefined {
  const value = env[name]?.trim() ?? "";
  return value === "" ? undefined : { value, origin: `\`${name}\`` };
}

/** A key's value in the profile; blank counts as unset. */
export function profileKey(
  { profile }: Pick<AwsConfiguration, "profile">,
  key: string,
): ConfiguredValue | undefined {
  const property = profile?.properties.get(key);
  const value = property?.value.trim() ?? "";
  if (profile === undefined || property === undefined || value === "") return undefined;
  return {
    value,
    origin: `\`${key}\` of profile \`${profile.name}\` (${property.file}:${property.line})`,
  };
}

/**
 * A switch: the variable before the profile's key, off where neither is set. Throws a
 * `configuration` error for a value that is neither `true` nor `false`: to take `1` for "off" would
 * send requests to an endpoint that the user wanted to avoid.
 */
export function readSwitch(
  configuration: AwsConfiguration,
  variableName: string,
  key: string,
): ConfiguredValue | undefined {
  const found = variable(configuration, variableName) ?? profileKey(configuration, key);
  if (found === undefined) return undefined;
  const value = found.value.toLowerCase();
  if (value === "true") return found;
  if (value === "false") return undefined;
  throw new LetmeError("configuration", `${found.origin} must be \`true\` or \`false\``, {
    hint: "write one of the two, or leave it out",
  });
}
