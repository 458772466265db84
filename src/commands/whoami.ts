import { awsTime } from "../aws/client.ts";
import { type CallerIdentity, getCallerIdentity } from "../aws/sts.ts";
import type { Command } from "../cli/declaration.ts";
import { printableJson, printableLine } from "../io/printable.ts";
import { formatTimeTo } from "../settings/duration.ts";
import { readSettings } from "../settings/settings.ts";
import { chooseSource, sourceRegion } from "../source/choose.ts";
import type { SourceCredentials, SourceKind } from "../source/source.ts";
import { readAwsFiles } from "./aws-files.ts";
import { inUse, openClient, regionInUse, sourceContext } from "./connection.ts";
import { outputOption } from "./output-option.ts";
import { settingOptions } from "./setting-options.ts";
import { tokenCodes } from "./token-codes.ts";

export const whoami: Command = {
  words: "[<name>]",
  completes: () => "aws-profile",
  minimumWords: 0,
  maximumWords: 1,
  options: [
    outputOption,
    {
      long: ["mfa-token", "inline-mfa", "token-code"],
      value: "CODE",
      description: "the code of the MFA device of a source profile, so that it is not asked for",
      variable: "LETME_MFA_TOKEN",
    },
    ...settingOptions(["aws_source_profile", "aws_source_profile_region"]),
  ],
  details: [
    "Without a name: of the credentials that letme starts from. With one: of that profile of your\nAWS files.",
  ],
  examples: [
    { command: "letme whoami", purpose: "who asks the table and assumes the roles" },
    { command: "letme whoami example1", purpose: "whom an obtained profile makes you" },
    { command: "letme whoami -o json | jq -r .account", purpose: "the account alone" },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const settings = readSettings(host, given.value);
    const files = readAwsFiles(invocation);
    const name = given.words[0];
    const profile = name ?? settings.sourceProfile?.value;
    const region =
      name === undefined
        ? regionInUse(invocation, settings, files)
        : (given.value("source-region") ??
          sourceRegion(host, files.shared, name) ??
          settings.sourceRegion?.value);
    const codes = tokenCodes(invocation, settings);
    // Any region of the right partition answers; where none is set, the first one of all.
    const client = openClient(invocation, files, profile, region ?? "us-east-1");
    const context = sourceContext(invocation, settings, files, profile, client, codes);
    const { caller, source } = await inUse(chooseSource(context, profile), codes.checkUse).use(
      async (source) => ({ source, caller: await getCallerIdentity(client, source.credentials) }),
    );
    // AWS says when credentials end, by its own clock.
    const now = awsTime(client);
    return report.result(
      given.value("output") === "json"
        ? `${printableJson(document(caller, source, now))}\n`
        : text(caller, source, now),
    );
  },
};

const kinds: Readonly<Record<SourceKind, string>> = {
  environment: "keys in the environment",
  "static-keys": "keys in the AWS files",
  "web-identity": "web identity",
  sso: "IAM Identity Center (SSO)",
  "login-session": "sign-in with `aws login`",
  "credential-process": "credential_process",
  container: "container",
  "instance-metadata": "instance metadata",
};

function text(caller: CallerIdentity, source: SourceCredentials, now: Date): string {
  const lines = [
    ["Account", caller.account],
    ["ARN", caller.arn],
    ["Source", kinds[source.kind]],
    ...(source.profiles.length === 0 ? [] : [["Profiles", source.profiles.join(" → ")]]),
    ...(source.roles.length === 0 ? [] : [["Roles", source.roles.join(" → ")]]),
    ["Time left", timeLeft(source, now)],
  ];
  return lines
    .map(([label = "", value = ""]) => `${`${label}:`.padEnd(11)}${printableLine(value)}\n`)
    .join("");
}

function timeLeft({ credentials }: SourceCredentials, now: Date): string {
  const { expiration } = credentials;
  if (expiration === undefined) {
    return credentials.sessionToken === undefined
      ? "no end: these are long-term keys"
      : "unknown: the source does not say";
  }
  return `${formatTimeTo(expiration, now)}, until ${expiration.toISOString().replace(".000", "")}`;
}

function secondsLeft(expiration: Date, now: Date): number {
  return Math.max(0, Math.floor((expiration.getTime() - now.getTime()) / 1000));
}

/** The document of `-o json`; members may be added to it, and none is taken away. */
function document(caller: CallerIdentity, source: SourceCredentials, now: Date) {
  const { expiration } = source.credentials;
  return {
    account: caller.account,
    arn: caller.arn,
    userId: caller.userId,
    source: source.kind,
    profiles: source.profiles,
    roles: source.roles,
    expiration: expiration?.toISOString() ?? null,
    secondsLeft: expiration === undefined ? null : secondsLeft(expiration, now),
  };
}
