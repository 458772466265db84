import type { Host } from "../host.ts";
import type { Report } from "../io/report.ts";

/** Where the words come from that may stand at a place of the command line. */
export type CompletionSource =
  | "account"
  /** A profile that letme wrote. */
  | "profile"
  /** Any profile of the AWS files. */
  | "aws-profile"
  | "context"
  | "file"
  | readonly { readonly text: string; readonly description: string }[];

/** An option of a command, or of all. */
export interface Option {
  /** Names without dashes: the first is its own, the others are accepted too. */
  readonly long: readonly [string, ...string[]];
  readonly short?: string;
  /** What stands for its value in the help; an option without one is a switch. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  readonly description: string;
  /** The environment variable that says the same. */
  readonly variable?: string;
  readonly defaultValue?: string;
  /** What its value is, for completion, where neither `choices` nor a `value` of PATH tells. */
  readonly completes?: CompletionSource;
  /** Whether it may be given several times, each value counting; else the last one counts. */
  readonly repeated?: boolean;
}

/** What the command line said, as plain values. */
export interface Arguments {
  /** The words that are no options, in order. */
  readonly words: readonly string[];
  /** The value of an option, by its own long name; the last one counts. */
  readonly value: (name: string) => string | undefined;
  /** All values of an option, by its own long name, in order; none where it was not given. */
  readonly values: (name: string) => readonly string[];
  readonly on: (name: string) => boolean;
}

/** Everything that a command works with. */
export interface Invocation {
  readonly host: Host;
  readonly report: Report;
  readonly arguments: Arguments;
  readonly version: string;
}

/** A line of the list of commands; the rest is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export interface Command {
  /** The words that it takes, as in `<name>...`; empty for none. */
  readonly words: string;
  readonly minimumWords: number;
  readonly maximumWords: number;
  readonly options: readonly Option[];
  /** What its next word is, for completion, where `words` does not tell. */
  readonly completes?: (before: readonly string[]) => CompletionSource | undefined;
  /** Paragraphs below the summary. */
  readonly details: readonly string[];
  readonly examples: readonly { readonly command: string; readonly purpose: string }[];
  /**
   * Whether the words behind the first are another program's: they may be blank, and what looks like
   * an option among them is that program's too.
   */
  readonly passesWordsOn?: boolean;
  /**
   * Ends when all is done; throws a LetmeError where it is not. Gives an exit code where that is
   * another program's.
   */
  readonly run: (invocation: Invocation) => Promise<number | undefined> | Promise<void>;
}

/** The options that every command takes. */
export const globalOptions: readonly Option[] = [
  {
    long: ["context"],
    short: "c",
    value: "NAME",
    description: "the table of letme-config to use",
    variable: "LETME_CONTEXT",
    completes: "context",
    defaultValue: "the active one, else general",
  },
  { long: ["no-cache"], description: "ask the table, even where there is a snapshot" },
  { long: ["no-input"], description: "never ask anything; fail and say which option was needed" },
  {
    long: ["color"],
    value: "WHEN",
    choices: ["auto", "always", "never"],
    description: "colour: auto, always or never",
    defaultValue: "auto",
  },
  { long: ["quiet"], short: "q", description: "only warnings and errors on stderr" },
  { long: ["debug"], description: "show each request and reply on stderr, without secrets" },
  { long: ["help"], short: "h", description: "show help" },
  { long: ["version"], short: "v", description: "show the version" },
];
