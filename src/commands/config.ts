import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { letmePaths } from "../settings/paths.ts";
import { configTemplate } from "../settings/template.ts";
import { checkConfig } from "./config-check.ts";
import {
  deleteContext,
  getContexts,
  newContext,
  renameContextTo,
  switchContext,
  updateContext,
} from "./config-contexts.ts";
import { migrateConfig } from "./config-migrate.ts";
import { showSettings } from "./config-show.ts";
import { contextOptions } from "./context-values.ts";
import { outputOption } from "./output-option.ts";

interface Subcommand {
  /** What it takes behind its name, and how many words that is. */
  readonly words: string;
  readonly names: number;
  readonly purpose: string;
  readonly run: (invocation: Invocation, words: readonly string[]) => Promise<void> | void;
}

const subcommands: Readonly<Record<string, Subcommand>> = {
  "get-contexts": {
    words: "",
    names: 0,
    purpose: "list the contexts; `*` marks the one in use",
    run: getContexts,
  },
  "new-context": {
    words: "<name>",
    names: 1,
    purpose: "add a context: asks for its values, or takes them from options",
    run: (invocation, [name = ""]) => newContext(invocation, name),
  },
  "update-context": {
    words: "<name>",
    names: 1,
    purpose: "change a context in the same way; `--mfa-arn=` takes a key out",
    run: (invocation, [name = ""]) => updateContext(invocation, name),
  },
  "switch-context": {
    words: "<name>",
    names: 1,
    purpose: "make a context the active one",
    run: (invocation, [name = ""]) => switchContext(invocation, name),
  },
  "rename-context": {
    words: "<name> <new name>",
    names: 2,
    purpose: "give a context another name",
    run: (invocation, [name = "", wanted = ""]) => renameContextTo(invocation, name, wanted),
  },
  "delete-context": {
    words: "<name>",
    names: 1,
    purpose: "take a context out, after asking; `--yes` does not ask",
    run: (invocation, [name = ""]) => deleteContext(invocation, name),
  },
  show: {
    words: "",
    names: 0,
    purpose: "show each setting with its value and where it comes from",
    run: showSettings,
  },
  validate: {
    words: "",
    names: 0,
    purpose: "check the file",
    run: (invocation) => checkConfig(invocation, letmePaths(invocation.host).config),
  },
  migrate: {
    words: "",
    names: 0,
    purpose: "rewrite the file of letme v0.2 as TOML; a copy is kept",
    run: migrateConfig,
  },
  "view-template": {
    words: "",
    names: 0,
    purpose: "print a file with every key explained",
    run: ({ report }) => report.result(configTemplate()),
  },
};

const width = Math.max(
  ...Object.entries(subcommands).map(([name, { words }]) => `${name} ${words}`.length),
);
const overview = Object.entries(subcommands).map(
  ([name, { words, purpose }]) => `  ${`${name} ${words}`.padEnd(width)}  ${purpose}`,
);

export const config: Command = {
  words: "<subcommand> [<name>]",
  minimumWords: 1,
  maximumWords: 3,
  options: [
    ...contextOptions,
    { long: ["yes"], short: "y", description: "do not ask before a context is deleted" },
    outputOption,
  ],
  completes: ([name, ...words]) => {
    if (name === undefined) {
      return Object.entries(subcommands).map(([text, { purpose }]) => {
        return { text, description: purpose };
      });
    }
    const takesContext = name !== "new-context" && words.length === 0 && subcommands[name]?.names;
    return takesContext ? "context" : undefined;
  },
  details: [
    `Subcommands:\n${overview.join("\n")}`,
    "Every table of `letme-config` is a context: another table of accounts, another source. The one\nin use is that of `--context`, else of LETME_CONTEXT, else the active one, else `general`.",
    "Lines of the file that a change is not about stay as they are.",
  ],
  examples: [
    { command: "letme config get-contexts", purpose: "which there are" },
    { command: "letme config new-context staging", purpose: "add one; its values are asked for" },
    {
      command: "letme config new-context ci --table accounts --source-region eu-west-1",
      purpose: "without a question",
    },
    { command: "letme config switch-context staging", purpose: "use it from now on" },
    { command: "letme config show", purpose: "what holds, and where it comes from" },
  ],
  run: async (invocation) => {
    const [name = "", ...words] = invocation.arguments.words;
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) {
      const meant = nearest(name, Object.keys(subcommands));
      throw new LetmeError("usage", `\`letme config\` does not know \`${name}\``, {
        hint:
          meant === undefined
            ? "`letme config --help` lists what it does"
            : `did you mean \`letme config ${meant}\`?`,
      });
    }
    if (words.length !== subcommand.names) {
      const usage = `letme config ${name} ${subcommand.words}`.trim();
      throw new LetmeError(
        "usage",
        `\`letme config ${name}\` takes ${subcommand.words || "no name"}`,
        {
          hint: `the usage is \`${usage}\``,
        },
      );
    }
    await subcommand.run(invocation, words);
  },
};
