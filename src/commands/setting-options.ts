import type { Arguments, Option } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { type SettingKey, settingDeclarations } from "../settings/keys.ts";
import type { Settings } from "../settings/settings.ts";

const shown: Readonly<Partial<Record<SettingKey, Omit<Option, "long">>>> = {
  aws_source_profile: {
    value: "NAME",
    description: "the profile to start from",
    completes: "aws-profile",
  },
  aws_source_profile_region: { value: "REGION", description: "the region of the table and of STS" },
  dynamodb_table: { value: "NAME", description: "the table with the accounts" },
  registry_file: { value: "PATH", description: "a file with the accounts, in place of a table" },
  mfa_arn: { value: "ARN", description: "your MFA device" },
  session_name: {
    value: "NAME",
    description: "the role session name",
    defaultValue: "ACCOUNT-letme-session",
  },
  session_duration: {
    value: "TIME",
    short: "d",
    description: "how long the credentials last: 15m to 12h",
    defaultValue: "1h",
  },
};

/** The options that say a setting for one run, for the keys that a command uses. */
export function settingOptions(keys: readonly SettingKey[]): readonly Option[] {
  const options: Option[] = [];
  for (const { key, flag, variable } of settingDeclarations) {
    const text = shown[key];
    if (!keys.includes(key) || flag === undefined || text === undefined) continue;
    options.push({ long: [flag], ...text, ...(variable === undefined ? {} : { variable }) });
  }
  return options;
}

/** The settings that say which registry is asked, and as whom. */
export const registrySettings: readonly SettingKey[] = [
  "aws_source_profile",
  "aws_source_profile_region",
  "dynamodb_table",
  "registry_file",
];

/** The tags that accounts must have: those of `--filter`, else those of the context. */
export function filterTags(given: Arguments, { tags }: Pick<Settings, "tags">): readonly string[] {
  const stated = given.values("filter");
  if (stated.some((tag) => tag.trim() === "")) {
    throw new LetmeError("usage", "`--filter` needs a tag", {
      hint: "as in `letme list --filter prod`; leave it out for every account",
    });
  }
  return stated.length > 0 ? stated : (tags?.value ?? []);
}

/** The option that picks accounts by their tags. */
export const filterOption: Option = {
  long: ["filter"],
  value: "TAG",
  repeated: true,
  description: "only accounts with this tag; of several, with all of them",
};
