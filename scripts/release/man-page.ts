import {
  type Command,
  type CommandEntry,
  globalOptions,
  type Option,
} from "../../src/cli/declaration.ts";

/** The man page of letme in roff, made from the declarations of its commands. */
export async function renderManPage(
  entries: readonly CommandEntry[],
  version: string,
  time: number,
): Promise<string> {
  const commands = await Promise.all(
    entries.map(async (entry) => ({ entry, command: await entry.load() })),
  );
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  const lines = [
    `.TH LETME 1 "${date}" "letme ${version}" "User Commands"`,
    ".SH NAME",
    "letme \\- temporary AWS credentials for the accounts of an organisation",
    ".SH SYNOPSIS",
    ".B letme",
    "\\fIcommand\\fR [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    text(
      "letme gets temporary AWS credentials for any account that an organisation keeps in a DynamoDB table. It looks the account up, assumes its role, through a chain of roles and with MFA where asked, and writes the credentials as a profile into the AWS files, so that every AWS tool works with --profile.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(({ entry, command }) => commandLines(entry, command)),
    ".SH OPTIONS OF EVERY COMMAND",
    ...globalOptions.flatMap(optionLines),
    ".SH EXIT STATUS",
    ...tagged("0", "done"),
    ...tagged("1", "failed"),
    ...tagged("2", "wrong usage"),
    ...tagged("3", "configuration missing or invalid, or no such table"),
    ...tagged("4", "no credentials, or refused"),
    ...tagged("126, 127", "of exec: the command cannot be run, or there is none of that name"),
    ...tagged("130", "interrupted"),
    ".SH FILES",
    ...tagged("~/.letme/letme-config", "the configuration; LETME_HOME moves the folder"),
    ...tagged("~/.letme/.letme-cache", "the snapshot of the accounts"),
    ...tagged(
      "~/.aws/config, ~/.aws/credentials",
      "where the profiles are written; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE move them",
    ),
    ".SH SEE ALSO",
    text("https://github.com/lockedinspace/letme"),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines(entry: CommandEntry, command: Command): readonly string[] {
  const usage = ["letme", entry.name, command.words].filter((part) => part !== "").join(" ");
  const also = entry.aliases.length === 0 ? "" : ` Also: ${entry.aliases.join(", ")}.`;
  return [
    `.SS ${text(usage)}`,
    text(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.${also}`),
    ...command.details.flatMap((detail) => [".PP", ...detailLines(detail)]),
    ...command.options.flatMap(optionLines),
    ...command.examples.flatMap((example) => [
      ".PP",
      text(`${example.purpose}:`),
      ".RS",
      ".nf",
      text(example.command),
      ".fi",
      ".RE",
    ]),
  ];
}

/** A paragraph; one with columns or indentation keeps its lines. */
function detailLines(detail: string): readonly string[] {
  const lines = detail.split("\n").map(text);
  return / {2}/.test(detail) ? [".nf", ...lines, ".fi"] : lines;
}

function optionLines(option: Option): readonly string[] {
  const names = [
    ...(option.short === undefined ? [] : [`-${option.short}`]),
    ...option.long.map((long) => `--${long}`),
  ];
  const value = option.value === undefined ? "" : ` ${option.value}`;
  const notes = [
    option.repeated === true ? "may be repeated" : undefined,
    option.defaultValue === undefined ? undefined : `default: ${option.defaultValue}`,
    option.variable === undefined ? undefined : `environment: ${option.variable}`,
  ].filter((note) => note !== undefined);
  const rest = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  return tagged(`${names.join(", ")}${value}`, `${option.description}${rest}`);
}

function tagged(tag: string, description: string): readonly string[] {
  return [".TP", `\\fB${text(tag)}\\fR`, text(description)];
}

/** Plain text for a line of roff: nothing of it is a request, and dashes stay what is typed. */
function text(plain: string): string {
  const escaped = plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("\n", " ");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
