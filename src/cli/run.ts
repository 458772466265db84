import { exitCodeOf, LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { createReport } from "../io/report.ts";
import { nearest } from "../nearest.ts";
import { type CommandEntry, globalOptions } from "./declaration.ts";
import { type OptionToken, optionNamed, optionTokens } from "./option-words.ts";
import { meantOption, parseCommandLine } from "./parse.ts";

/** The parts that make up the program. */
export interface Program {
  readonly commands: readonly CommandEntry[];
  readonly version: string;
  /** The line that `--version` prints. */
  readonly versionLine: string;
  readonly writeOut: (text: string) => Promise<void>;
  readonly writeError: (text: string) => Promise<void>;
  /** Help and version do without the machine, and start faster for it. */
  readonly openHost: () => Promise<Host>;
}

/** Runs one command line and gives the exit code. Nothing that is thrown gets past it. */
export async function run(program: Program, args: readonly string[]): Promise<number> {
  try {
    return await dispatch(program, args);
  } catch (error) {
    const { describeFailure } = await import("./failure.ts");
    await program.writeError(describeFailure(error, args, program.version));
    return error instanceof LetmeError ? exitCodeOf(error.kind) : 1;
  }
}

async function dispatch(program: Program, args: readonly string[]): Promise<number> {
  const { name, before, behind, unknown } = splitAtCommand(args);
  if (unknown !== undefined) throw await misplacedOption(program, unknown);
  const switches = before.flatMap(switchNames);
  const asksBefore = switches.some((one) => /^(?:-h|--help|-v|--version)$/.test(one));
  if (before.length > 0 && !asksBefore) parseCommandLine("", noWords, globalOptions, before);
  const isCommand = name !== undefined && name !== "help";
  const entry = isCommand ? findCommand(program, name) : undefined;
  const command = await entry?.load();
  const words = [...switches, ...optionWords(behind, command?.passesWordsOn === true)];
  const isAsked = (long: string, short: string) =>
    words.some((word) => word === `--${long}` || word === `-${short}`);
  if (name === "help" || isAsked("help", "h")) {
    await showHelp(program, name === "help" ? await helpWord(program, behind) : name);
    return 0;
  }
  const showVersion = async () => {
    await program.writeOut(program.versionLine);
    return 0;
  };
  if (isAsked("version", "v")) return showVersion();
  if (entry === undefined || command === undefined) {
    if (before.length === 0) {
      await showHelp(program, undefined);
      return 0;
    }
    throw new LetmeError("usage", "which command?", { hint: "`letme --help` lists them" });
  }
  // What is wrong with the machine is told where it is used, behind what is wrong with the words.
  const opening = program.openHost();
  opening.catch(() => undefined);
  const given = parseCommandLine(
    entry.name,
    command,
    [...command.options, ...globalOptions],
    [...before, ...behind],
  );
  // Where it stands behind the value of an option, only the declarations tell what it is.
  if (given.on("help")) {
    await showHelp(program, name);
    return 0;
  }
  if (given.on("version")) return showVersion();
  const host = await opening;
  const report = createReport(host, {
    quiet: given.on("quiet"),
    debug: given.on("debug"),
    color: given.value("color") ?? "auto",
  });
  return (await command.run({ host, report, arguments: given, version: program.version })) ?? 0;
}

const noWords = { words: "", minimumWords: 0, maximumWords: 0 };

/** The command that `help` is to show, if one is named; what stands behind that must fit it. */
async function helpWord(program: Program, args: readonly string[]): Promise<string | undefined> {
  const anyWords = {
    words: "[<command>]",
    minimumWords: 0,
    maximumWords: Number.POSITIVE_INFINITY,
  };
  const [name, ...others] = parseCommandLine("help", anyWords, globalOptions, args).words;
  if (name === undefined || name === "help") return undefined;
  const { maximumWords } = await findCommand(program, name).load();
  if (others.length <= maximumWords) return name;
  throw new LetmeError("usage", `\`${others.at(-1)}\` is one word too many`, {
    hint: `the usage is \`letme help ${name}\``,
  });
}

async function showHelp(program: Program, name: string | undefined): Promise<void> {
  const { commandHelp, programHelp } = await import("./help.ts");
  if (name === undefined || name === "help") {
    return program.writeOut(programHelp(program.commands));
  }
  const entry = findCommand(program, name);
  return program.writeOut(commandHelp(entry, await entry.load()));
}

function findCommand(program: Program, name: string): CommandEntry {
  const entry = program.commands.find((one) => one.name === name || one.aliases.includes(name));
  if (entry !== undefined) return entry;
  const known = program.commands.flatMap((one) => [one.name, ...one.aliases]);
  const meant = name === "version" ? "--version" : nearest(name, [...known, "help"]);
  throw new LetmeError("usage", `unknown command \`${name}\``, {
    hint:
      meant === undefined
        ? "`letme --help` lists the commands"
        : `did you mean \`letme ${meant}\`?`,
  });
}

/** A command line, cut at the name of the command. */
interface SplitLine {
  /** The first word that is neither an option of every command nor the value of one. */
  readonly name: string | undefined;
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** The first option before it that is none of every command's, dashes included. */
  readonly unknown?: string;
}

function splitAtCommand(args: readonly string[]): SplitLine {
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      return { name: word, before: args.slice(0, index), behind: args.slice(index + 1) };
    }
    const tokens = globalTokens(word);
    const unknown = tokens.find(({ rawName }) => optionNamed(globalOptions, rawName) === undefined);
    if (unknown !== undefined) {
      return { name: undefined, before: [], behind: [], unknown: unknown.rawName };
    }
    const last = tokens.at(-1);
    if (last?.value === undefined && takesValue(last?.rawName ?? "")) index++;
  }
  return { name: undefined, before: args, behind: [] };
}

/** The options in a word before the command. */
function globalTokens(word: string): readonly OptionToken[] {
  return word.startsWith("-") && word !== "-" ? optionTokens(word, takesValue) : [];
}

/** Those of them that come without a value, by their names as they are written. */
function switchNames(word: string): readonly string[] {
  return globalTokens(word)
    .filter(({ value }) => value === undefined)
    .map(({ rawName }) => rawName);
}

function takesValue(rawName: string): boolean {
  return optionNamed(globalOptions, rawName)?.value !== undefined;
}

async function misplacedOption({ commands }: Program, rawName: string): Promise<LetmeError> {
  const meant = meantOption(
    rawName,
    globalOptions.flatMap(({ long, short }) => [
      ...long.map((name) => `--${name}`),
      ...(short === undefined ? [] : [`-${short}`]),
    ]),
  );
  const loaded = await Promise.all(commands.map(({ load }) => load()));
  const isOfCommand = loaded.some(({ options }) => optionNamed(options, rawName) !== undefined);
  const elsewhere = isOfCommand
    ? "the options of a command stand behind it, as in `letme obtain example1 --duration 1h`"
    : "`letme --help` lists the options that may stand there";
  // Without what is behind it, which may be an MFA code that is still good.
  return new LetmeError("usage", `unknown option \`${rawName}\` before the command`, {
    hint: meant === undefined || isOfCommand ? elsewhere : `did you mean \`${meant}\`?`,
  });
}

/**
 * The words before a bare `--`; what stands behind that is no option. Where words are passed on,
 * neither is what stands behind the second one.
 */
function optionWords(args: readonly string[], passesWordsOn: boolean): readonly string[] {
  let words = 0;
  for (const [index, word] of args.entries()) {
    if (!word.startsWith("-")) words++;
    if (word === "--" || (passesWordsOn && words > 1)) return args.slice(0, index);
  }
  return args;
}
