import { type Command, type CommandEntry, globalOptions, type Option } from "./declaration.ts";

const purpose =
  "letme gets temporary AWS credentials for any account that your organisation keeps in a DynamoDB table.";

const more = "More: https://github.com/lockedinspace/letme#readme";

/** The help of the whole program. */
export function programHelp(entries: readonly CommandEntry[]): string {
  return page([
    purpose,
    section("Usage", ["letme <command> [options]"]),
    section(
      "Examples",
      columns([
        ["letme config-file", "write a configuration to fill in"],
        ["letme list", "show the accounts"],
        ["letme obtain example1", "get credentials for an account, as profile `example1`"],
        ["aws s3 ls --profile example1", "use them"],
      ]),
    ),
    section(
      "Commands",
      columns(
        entries.map(({ name, aliases, summary }) => [[name, ...aliases].join(", "), summary]),
      ),
    ),
    section("Options of every command", optionLines(globalOptions)),
    `\`letme help <command>\` shows the options of one command.\n${more}`,
  ]);
}

/** The help of one command. */
export function commandHelp(entry: CommandEntry, command: Command): string {
  // Behind the words of another program's command line an option would be that program's.
  const [own = "", others] = command.words.split(/ (?=\[--)/);
  const usage = ["letme", entry.name, own, "[options]", others ?? ""].filter((part) => part !== "");
  return page([
    `${capital(entry.summary)}.`,
    section("Usage", [usage.join(" ")]),
    ...(entry.aliases.length === 0 ? [] : [section("Also", [entry.aliases.join(", ")])]),
    section(
      "Examples",
      columns(command.examples.map((example) => [example.command, example.purpose])),
    ),
    ...command.details,
    ...(command.options.length === 0 ? [] : [section("Options", optionLines(command.options))]),
    section("Options of every command", optionLines(globalOptions)),
    more,
  ]);
}

function page(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function optionLines(options: readonly Option[]): readonly string[] {
  return columns(options.map((option) => [optionNames(option), optionText(option)]));
}

function optionNames(option: Option): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  return `${short}${option.long.map((long) => `--${long}`).join(", ")}${value}`;
}

function optionText(option: Option): string {
  const variable = option.variable === undefined ? "" : ` [env: ${option.variable}]`;
  const standard = option.defaultValue === undefined ? "" : ` [default: ${option.defaultValue}]`;
  const repeated = option.repeated === true ? " (may be repeated)" : "";
  return `${option.description}${repeated}${standard}${variable}`;
}

// A left column wider than this pushes its text to the next line.
const widestLeft = 34;

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(widestLeft, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) =>
    left.length > width
      ? [left, `${" ".repeat(width)}  ${right}`]
      : [`${left.padEnd(width)}  ${right}`],
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
