import { isRegionLabel } from "../region-form.ts";
import { formatDuration, parseDuration } from "./duration.ts";

/** The keys that a context may hold. */
export type SettingKey =
  | "aws_source_profile"
  | "aws_source_profile_region"
  | "dynamodb_table"
  | "registry_file"
  | "mfa_arn"
  | "mfa_process"
  | "mfa_session"
  | "session_name"
  | "session_duration"
  | "tags";

/** What there is to know of one key; the template, the checks and the help are made from it. */
export interface SettingDeclaration {
  readonly key: SettingKey;
  /** The long option without its dashes, where there is one. */
  readonly flag: string | undefined;
  readonly variable: string | undefined;
  /** As text; of a list, its members behind commas. */
  readonly example: string;
  /** Plain sentences, a line each. */
  readonly description: readonly string[];
  /** What is wrong with a value, after "must be"; undefined where nothing is. */
  readonly problemOf: (value: string) => string | undefined;
}

/** The shortest and the longest session that AssumeRole gives, in seconds. */
export const sessionDurationLimits = { shortest: 900, longest: 43_200 } as const;

/**
 * The shortest and the longest session that GetSessionToken gives, in seconds
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html).
 */
export const mfaSessionLimits = { shortest: 900, longest: 129_600 } as const;

/** Seconds that an MFA session lasts, or `off`; undefined for what is neither. */
export function parseMfaSession(text: string): number | "off" | undefined {
  if (text.trim().toLowerCase() === "off") return "off";
  const seconds = parseDuration(text);
  const { shortest, longest } = mfaSessionLimits;
  return seconds !== undefined && seconds >= shortest && seconds <= longest ? seconds : undefined;
}

const anything = () => undefined;

export const settingDeclarations: readonly SettingDeclaration[] = [
  {
    key: "aws_source_profile",
    flag: "source-profile",
    variable: "LETME_AWS_SOURCE_PROFILE",
    example: "default",
    description: [
      "The profile of your AWS files whose credentials letme starts from.",
      "Left out: the environment's keys, else the profile AWS_PROFILE or `default`.",
    ],
    problemOf: (value) =>
      /^[^\x00-\x1f\x7f[\]]+$/.test(value) ? undefined : "the name of a profile",
  },
  {
    key: "aws_source_profile_region",
    flag: "source-region",
    variable: "LETME_AWS_SOURCE_PROFILE_REGION",
    example: "eu-west-1",
    description: [
      "The region of the DynamoDB table; STS is asked in it too.",
      "Left out: the source profile's region, AWS_REGION, AWS_DEFAULT_REGION.",
    ],
    problemOf: (value) => (isRegionLabel(value) ? undefined : "an AWS region, as in `eu-west-1`"),
  },
  {
    key: "dynamodb_table",
    flag: "table",
    variable: "LETME_DYNAMODB_TABLE",
    example: "accounts",
    description: ["The DynamoDB table with your organisation's accounts (its name or its ARN)."],
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html, TableName
    problemOf: (value) =>
      /^[a-zA-Z0-9_.:/-]{1,1024}$/.test(value) ? undefined : "the name or the ARN of a table",
  },
  {
    key: "registry_file",
    flag: "registry-file",
    variable: "LETME_REGISTRY_FILE",
    example: "~/accounts.toml",
    description: [
      "A TOML file with the accounts, kept by hand, in place of a table:",
      "the format of the file that `letme init` writes. Relative to this file's folder.",
    ],
    problemOf: (value) => (value === "" || value.includes("\0") ? "a path" : undefined),
  },
  {
    key: "mfa_arn",
    flag: "mfa-arn",
    variable: "LETME_MFA_ARN",
    example: "arn:aws:iam::123456789012:mfa/user",
    description: ["Your MFA device: its code is asked for the first role."],
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, SerialNumber
    problemOf: (value) =>
      /^[\w+=/:,.@-]{9,256}$/.test(value)
        ? undefined
        : "the ARN or the serial number of an MFA device, as in `arn:aws:iam::123456789012:mfa/user`",
  },
  {
    key: "mfa_process",
    flag: undefined,
    variable: "LETME_MFA_PROCESS",
    example: "ykman oath accounts code --single aws",
    description: ["A command that prints the code of your MFA device; run without a shell."],
    problemOf: anything,
  },
  {
    key: "mfa_session",
    flag: undefined,
    variable: "LETME_MFA_SESSION",
    example: "12h",
    description: [
      "How long one MFA code is good for: 15m to 36h; 12h if left out. Until then the session that",
      'AWS gave for it is kept in `state.json` beside this file. "off" asks for a code each time.',
    ],
    problemOf: (value) =>
      parseMfaSession(value) === undefined
        ? `a time from ${formatDuration(mfaSessionLimits.shortest)} to ${formatDuration(mfaSessionLimits.longest)}, as in \`12h\`, or \`off\``
        : undefined,
  },
  {
    key: "session_name",
    flag: "session-name",
    variable: "LETME_SESSION_NAME",
    example: "user-with-letme",
    description: [
      "The role session name, which CloudTrail shows.",
      "Left out: the account's name with `-letme-session` behind it.",
    ],
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName
    problemOf: (value) =>
      /^[\w+=,.@-]{2,64}$/.test(value) ? undefined : "2 to 64 letters, digits or `+=,.@_-`",
  },
  {
    key: "session_duration",
    flag: "duration",
    variable: "LETME_SESSION_DURATION",
    example: "1h",
    description: [
      "How long the credentials last: 15m to 12h, or seconds; 1h if left out.",
      "A chain of roles lasts one hour at most.",
    ],
    problemOf: (value) => {
      const seconds = parseDuration(value);
      const { shortest, longest } = sessionDurationLimits;
      return seconds !== undefined && seconds >= shortest && seconds <= longest
        ? undefined
        : `a time from ${formatDuration(shortest)} to ${formatDuration(longest)}, as in \`1h\` or \`3600\``;
    },
  },
  {
    key: "tags",
    flag: undefined,
    variable: undefined,
    example: "prod,eu",
    description: [
      "Only accounts that have all of these tags are listed, or obtained by `--all`.",
      "`--filter` takes their place.",
    ],
    problemOf: (value) =>
      parseTags(value).every((tag) => tag !== "") ? undefined : "tags with commas between them",
  },
];

/** The tags of a text with commas between them. */
export function parseTags(text: string): readonly string[] {
  return text.split(",").map((tag) => tag.trim());
}

/** The declaration of a key; undefined for a word that is no key. */
export function declarationOf(key: string): SettingDeclaration | undefined {
  return settingDeclarations.find((declaration) => declaration.key === key);
}
