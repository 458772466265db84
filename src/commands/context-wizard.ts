import type { AwsClient } from "../aws/client.ts";
import type { Credentials } from "../aws/credentials.ts";
import { listTables } from "../aws/dynamodb.ts";
import { listMfaDevices } from "../aws/iam.ts";
import { regionNames } from "../aws/region-names.ts";
import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import type { Choice } from "../host.ts";
import type { ContextValues } from "../settings/config-edits.ts";
import type { Context } from "../settings/config-file.ts";
import { declarationOf, type SettingKey } from "../settings/keys.ts";
import { letmePaths } from "../settings/paths.ts";
import { chooseSource, sourceRegion } from "../source/choose.ts";
import { type AwsFiles, readAwsFiles } from "./aws-files.ts";
import { openClient, sourceContext } from "./connection.ts";
import { tokenCodes } from "./token-codes.ts";

/** Who asks AWS what there is to choose from. */
interface Asker {
  readonly client: AwsClient;
  readonly credentials: Credentials;
}

/**
 * Asks for a context's values one by one, the present ones standing there. What can be chosen from
 * is asked of AWS; where that cannot be had, it is typed. Rejects with an `interrupted` error on Esc
 * and ^C.
 */
export async function askContext(invocation: Invocation, present: Context): Promise<ContextValues> {
  const files = readAwsFiles(invocation);
  const questions = questionsOf(invocation, present);
  const values = new Map<SettingKey, string>();
  const profile = await questions.choose(
    "aws_source_profile",
    "Source profile, whose credentials letme starts from",
    files.shared.profileNames(),
    "none: the environment, the default profile, the container or the instance",
    "default",
  );
  values.set("aws_source_profile", profile);
  const known = sourceRegion(invocation.host, files.shared, profile === "" ? undefined : profile);
  const region = await questions.choose(
    "aws_source_profile_region",
    "Region of the table",
    regionNames,
    known === undefined ? undefined : `${known}, as the profile or AWS's variables say`,
    "",
  );
  values.set("aws_source_profile_region", region);

  const asker = await askerOf(invocation, files, profile, region === "" ? known : region);
  const tables = await tryToList(invocation, "tables", asker, listTables);
  const file = "a registry file in place of a table";
  const place = await questions.choose("dynamodb_table", "Table with the accounts", tables, file);
  values.set("dynamodb_table", place);
  values.set(
    "registry_file",
    place === "" ? await questions.type("registry_file", "Path of the registry file", true) : "",
  );
  const devices = await tryToList(invocation, "MFA devices", asker, listMfaDevices);
  values.set("mfa_arn", await questions.choose("mfa_arn", "MFA device", devices, "none"));
  for (const [key, question] of [
    ["session_name", "Role session name (blank: the account's name and `-letme-session`)"],
    ["session_duration", "Duration of the credentials (blank: 1h)"],
    ["tags", "Only accounts with these tags, with commas between them (blank: all)"],
  ] as const) {
    values.set(key, await questions.type(key, question, false));
  }
  return values;
}

function questionsOf({ host }: Invocation, present: Context) {
  const typeValue = (key: SettingKey, question: string, isNeeded: boolean) =>
    host.terminal.askText(question, {
      initial: present.get(key)?.text ?? "",
      problemOf: (answer) => {
        if (answer === "") return isNeeded ? "it is needed" : undefined;
        const wanted = declarationOf(key)?.problemOf(answer);
        return wanted === undefined ? undefined : `it must be ${wanted}`;
      },
    });
  return {
    type: typeValue,
    /**
     * One of these, another that is typed, or the blank one where that stands for something. The
     * choice starts at the present value, in a new context at the preferred one.
     */
    async choose(
      key: SettingKey,
      question: string,
      found: readonly string[],
      blank: string | undefined,
      preferred?: string,
    ): Promise<string> {
      const now = present.get(key)?.text;
      const values = now === undefined || found.includes(now) ? found : [now, ...found];
      // What is typed has a value that no name has.
      const other = "\0other";
      const choices: readonly Choice[] = [
        ...values.map((value) => ({ value, label: value })),
        ...(blank === undefined ? [] : [{ value: "", label: blank }]),
        { value: other, label: "another one: type it" },
      ];
      const only = values.length === 0 && blank === undefined;
      const initial = now ?? (present.size > 0 ? "" : preferred);
      const answer = only ? other : await host.terminal.askChoice(question, choices, initial);
      return answer === other ? typeValue(key, question, true) : answer;
    },
  };
}

/** The source's credentials; undefined where they cannot be had, which is no reason to stop asking. */
async function askerOf(
  invocation: Invocation,
  files: AwsFiles,
  profile: string,
  region: string | undefined,
): Promise<Asker | undefined> {
  const { host, report } = invocation;
  if (region === undefined) return undefined;
  const sourceProfile = profile === "" ? undefined : profile;
  try {
    const client = openClient(invocation, files, sourceProfile, region);
    const paths = letmePaths(host);
    const codes = tokenCodes(invocation, { paths, mfaArn: undefined, mfaProcess: undefined });
    // Nobody has said yet that what a code gives may be remembered.
    const settings = { paths, mfaSession: { value: "off" } } as const;
    const context = sourceContext(invocation, settings, files, sourceProfile, client, codes);
    const { credentials } = await chooseSource(context, sourceProfile).load();
    return { client, credentials };
  } catch (error) {
    if (!(error instanceof LetmeError) || error.kind === "interrupted") throw error;
    report.warn(`AWS cannot be asked what there is to choose from: ${error.message}`);
    return undefined;
  }
}

async function tryToList(
  { report }: Invocation,
  what: string,
  asker: Asker | undefined,
  list: (client: AwsClient, credentials: Credentials) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (asker === undefined) return [];
  try {
    return await list(asker.client, asker.credentials);
  } catch (error) {
    if (!(error instanceof LetmeError) || error.kind === "interrupted") throw error;
    report.warn(`the ${what} cannot be listed: ${error.message}`);
    return [];
  }
}
