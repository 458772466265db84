import { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Arguments, Command, Option } from "./declaration.ts";
import { type OptionToken, optionTokens } from "./option-words.ts";

/** How many words a command takes, and what they are called. */
type Words = Pick<Command, "words" | "minimumWords" | "maximumWords" | "passesWordsOn">;

/**
 * Reads the words behind a command's name; the name is empty for those before it. Throws a `usage`
 * error for an option that is not declared, a missing or needless value, and too few or too many
 * words.
 */
export function parseCommandLine(
  name: string,
  command: Words,
  options: readonly Option[],
  args: readonly string[],
): Arguments {
  const byName = new Map<string, Option>();
  for (const option of options) {
    for (const long of option.long) byName.set(`--${long}`, option);
    if (option.short !== undefined) byName.set(`-${option.short}`, option);
  }
  const given = new Map<string, (string | true)[]>();
  const words: string[] = [];
  for (const token of tokensOf(args, byName, command.passesWordsOn === true)) {
    if (typeof token === "string") {
      words.push(token);
      continue;
    }
    const option = byName.get(token.rawName);
    if (option === undefined) throw unknownOption(name, token.rawName, [...byName.keys()]);
    const value = readValue(name, option, token);
    const before = option.repeated === true ? (given.get(option.long[0]) ?? []) : [];
    given.set(option.long[0], [...before, value]);
  }
  checkWords(name, command, words);
  const valuesOf = (option: string) =>
    (given.get(option) ?? []).filter((value) => typeof value === "string");
  return {
    words,
    value: (option) => valuesOf(option).at(-1),
    values: valuesOf,
    on: (option) => given.has(option),
  };
}

/**
 * Splits the words into options with their values, and strings, which are no options. By the rules
 * of `parseArgs` of `node:util`, without it: loading that takes longer than all of this file. Where
 * words are passed on, nothing from the second one on is an option.
 */
function tokensOf(
  args: readonly string[],
  byName: ReadonlyMap<string, Option>,
  passesWordsOn: boolean,
): readonly (OptionToken | string)[] {
  const tokens: (OptionToken | string)[] = [];
  const takesValue = (rawName: string) => byName.get(rawName)?.value !== undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") return [...tokens, ...args.slice(index + 1)];
    if (!arg.startsWith("-") || arg === "-") {
      if (passesWordsOn && tokens.some((token) => typeof token === "string")) {
        return [...tokens, ...args.slice(index)];
      }
      tokens.push(arg);
      continue;
    }
    const found = optionTokens(arg, takesValue);
    const last = found.pop();
    if (last === undefined) continue;
    const isOpen = last.value === undefined && takesValue(last.rawName);
    tokens.push(...found, isOpen ? { ...last, value: args[++index], inlineValue: false } : last);
  }
  return tokens;
}

function readValue(command: string, option: Option, token: OptionToken): string | true {
  const { value } = token;
  const hint = seeHelp(command);
  if (option.value === undefined) {
    if (value === undefined) return true;
    throw new LetmeError("usage", `\`${token.rawName}\` takes no value`, { hint });
  }
  // What looks like an option is a value only where it is written together, as in `--name=-x`.
  if (value === undefined || (token.inlineValue === false && value.startsWith("-"))) {
    throw new LetmeError("usage", `\`${token.rawName}\` needs a value: ${option.value}`, { hint });
  }
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const choices = option.choices.map((choice) => `\`${choice}\``).join(", ");
    throw new LetmeError(
      "usage",
      `\`${token.rawName}\` must be one of ${choices}, not \`${value}\``,
      {
        hint,
      },
    );
  }
  return value;
}

function unknownOption(command: string, rawName: string, known: readonly string[]): LetmeError {
  const meant = meantOption(rawName, known);
  return new LetmeError("usage", `unknown option \`${rawName}\``, {
    hint: meant === undefined ? seeHelp(command) : `did you mean \`${meant}\`? ${seeHelp(command)}`,
  });
}

/**
 * The option that was probably meant, dashes included. Of one letter, every other letter is as near
 * as the next: there only the same in the other case is.
 */
export function meantOption(rawName: string, known: readonly string[]): string | undefined {
  if (rawName.startsWith("--")) {
    return nearest(
      rawName,
      known.filter((name) => name.startsWith("--")),
    );
  }
  return known.find((name) => name.toLowerCase() === rawName.toLowerCase());
}

function seeHelp(command: string): string {
  return `see \`letme ${command === "" ? "" : `${command} `}--help\``;
}

function checkWords(name: string, command: Words, words: readonly string[]): void {
  const hint = `the usage is \`letme ${name}${command.words === "" ? "" : ` ${command.words}`}\``;
  if (words.length < command.minimumWords) {
    throw new LetmeError("usage", `\`letme ${name}\` needs ${command.words}`, { hint });
  }
  if (words.length > command.maximumWords) {
    const extra = words[command.maximumWords];
    throw new LetmeError("usage", `\`${extra}\` is one word too many`, { hint });
  }
  const names = command.passesWordsOn === true ? words.slice(0, 1) : words;
  if (names.includes("")) throw new LetmeError("usage", "a name is empty", { hint });
}
