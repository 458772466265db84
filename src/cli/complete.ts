import {
  type Command,
  type CommandEntry,
  type CompletionSource,
  globalOptions,
  type Option,
} from "./declaration.ts";
import { optionNamed, optionTokens } from "./option-words.ts";

/** Something that may stand at the cursor. */
export interface Candidate {
  /** The whole word, also where a part of it is typed already. */
  readonly text: string;
  readonly description: string;
}

/** What may stand at the cursor: these words, or the name of a file. */
export type Completion =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "files" };

/** Names of this machine, of a kind; `given` has the value of each option on the line, by its name. */
export type NameSearch = (
  kind: "account" | "profile" | "aws-profile" | "context",
  given: (option: string) => string | undefined,
) => Promise<readonly string[]>;

const noWords: Completion = { kind: "words", candidates: [] };

/**
 * What may stand at the end of a command line: the words before the cursor, without `letme`, and the
 * one that is being typed, which may be empty. Nothing that was declared wrongly or typed wrongly is
 * an error: there are no candidates then.
 */
export async function complete(
  entries: readonly CommandEntry[],
  before: readonly string[],
  current: string,
  search: NameSearch,
): Promise<Completion> {
  const line = await readLine(entries, before);
  const find = async (source: CompletionSource, prefix: string): Promise<Completion> => {
    if (source === "file") return { kind: "files" };
    const found =
      typeof source === "string"
        ? choicesOf(await search(source, (name) => line.values.get(name)))
        : source;
    return matching(
      found.map(({ text, description }) => ({ text: prefix + text, description })),
      current,
    );
  };

  if (line.open !== undefined) return find(sourceOfValue(line.open), "");
  if (current.startsWith("-") && !line.onlyWords) {
    const sign = current.indexOf("=");
    if (sign === -1) return matching(optionNames(line), current);
    const option = optionNamed(line.options, current.slice(0, sign));
    return option?.value === undefined
      ? noWords
      : find(sourceOfValue(option), current.slice(0, sign + 1));
  }
  if (line.name === undefined || line.name === "help") {
    return line.words.length === 0 ? matching(commandNames(entries), current) : noWords;
  }
  if (line.command === undefined) return noWords;
  // What stands behind the first word is another program's.
  if (line.onlyWords && line.words.length > 0 && line.command.passesWordsOn === true) {
    return { kind: "files" };
  }
  const source = sourceOfWord(line.command, line.words);
  return source === undefined ? noWords : find(source, "");
}

/** What the words before the cursor say. */
interface Line {
  readonly name: string | undefined;
  readonly command: Command | undefined;
  /** The words behind the command's name that are no options. */
  readonly words: readonly string[];
  /** The options that may stand at the cursor. */
  readonly options: readonly Option[];
  /** The value of each option that was given one, by the option's own name. */
  readonly values: ReadonlyMap<string, string>;
  /** The options that were given, by their own names. */
  readonly given: ReadonlySet<string>;
  /** The option whose value is to follow. */
  readonly open: Option | undefined;
  /** Whether `--` came, behind which nothing is an option. */
  readonly onlyWords: boolean;
}

async function readLine(
  entries: readonly CommandEntry[],
  before: readonly string[],
): Promise<Line> {
  let name: string | undefined;
  let command: Command | undefined;
  let options = globalOptions;
  let open: Option | undefined;
  let onlyWords = false;
  const words: string[] = [];
  const values = new Map<string, string>();
  const given = new Set<string>();
  for (const word of before) {
    if (open !== undefined) {
      values.set(open.long[0], word);
      open = undefined;
    } else if (!onlyWords && word === "--") {
      onlyWords = true;
    } else if (!onlyWords && word.startsWith("-") && word !== "-") {
      const takesValue = (rawName: string) => optionNamed(options, rawName)?.value !== undefined;
      for (const { rawName, value } of optionTokens(word, takesValue)) {
        const option = optionNamed(options, rawName);
        if (option === undefined) continue;
        given.add(option.long[0]);
        if (value !== undefined) values.set(option.long[0], value);
        else if (option.value !== undefined) open = option;
      }
    } else if (name === undefined) {
      name = word;
      const entry = entries.find((one) => one.name === word || one.aliases.includes(word));
      command = await entry?.load();
      options = [...(command?.options ?? []), ...globalOptions];
    } else {
      words.push(word);
      if (command?.passesWordsOn === true && words.length > 1) onlyWords = true;
    }
  }
  return { name, command, words, options, values, given, open, onlyWords };
}

function commandNames(entries: readonly CommandEntry[]): readonly Candidate[] {
  const names = entries.map(({ name, summary }) => ({ text: name, description: summary }));
  return [...names, { text: "help", description: "show the help of a command" }];
}

/** Each option by its own name; the others that it goes by would only make the list long. */
function optionNames({ options, given }: Line): readonly Candidate[] {
  return options
    .filter((option) => option.repeated === true || !given.has(option.long[0]))
    .map(({ long, description }) => ({ text: `--${long[0]}`, description }));
}

function sourceOfValue(option: Option): CompletionSource {
  if (option.choices !== undefined) return choicesOf(option.choices);
  if (option.completes !== undefined) return option.completes;
  return option.value === "PATH" || option.value === "FILE" ? "file" : [];
}

/** What the next word of a command is; undefined where it takes no more. */
function sourceOfWord(command: Command, before: readonly string[]): CompletionSource | undefined {
  if (before.length >= command.maximumWords) return undefined;
  if (command.completes !== undefined) return command.completes(before);
  const places = command.words.split(" ");
  const place = places[before.length] ?? places.findLast((one) => one.includes("..."));
  const text = place?.replace(/[[\]]|\.\.\./g, "") ?? "";
  if (!text.startsWith("<")) return choicesOf(text.split("|"));
  return namedPlaces.get(text);
}

/** What the places in a command's `words` stand for. */
const namedPlaces: ReadonlyMap<string, CompletionSource> = new Map([
  ["<name>", "account"],
  ["<account>", "account"],
  ["<profile>", "profile"],
  ["<context>", "context"],
  ["<file>", "file"],
]);

function choicesOf(choices: readonly string[]): readonly Candidate[] {
  return choices.map((text) => ({ text, description: "" }));
}

function matching(candidates: readonly Candidate[], current: string): Completion {
  const fit = candidates.filter(({ text }) => text !== "" && text.startsWith(current));
  return { kind: "words", candidates: fit };
}
