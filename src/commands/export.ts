import type { Command } from "../cli/declaration.ts";
import { accountCredentials, accountOptions } from "./account-credentials.ts";
import { defaultFormat, exportFormats, renderCredentials } from "./export-formats.ts";

const formatOption = {
  long: ["format"],
  value: "FORMAT",
  choices: exportFormats,
  description: "process, env, env-no-export, powershell, windows-cmd or fish",
  defaultValue: "that of your shell",
} as const;

// Not `export`, which is a word of the language.
export const exportCommand: Command = {
  words: "<name>",
  minimumWords: 1,
  maximumWords: 1,
  options: [formatOption, ...accountOptions],
  details: [
    "Valid credentials are taken from the profile that `obtain` wrote or from letme's memory, else new\nones are obtained and remembered until they end. Only they are printed on stdout. Your AWS files\nare not changed.",
    "`process` is the JSON of `credential_process`; the other formats set variables. The formats are\nthose of `aws configure export-credentials`.",
  ],
  examples: [
    { command: 'eval "$(letme export example1 --format env)"', purpose: "into this shell" },
    { command: "letme export example1 --format fish | source", purpose: "into fish" },
    {
      command: "letme export example1 --format powershell | Invoke-Expression",
      purpose: "into PowerShell",
    },
    { command: "letme export example1 --format process", purpose: "for an SDK" },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const format =
      exportFormats.find((one) => one === given.value("format")) ?? defaultFormat(host);
    const [name = ""] = given.words;
    return report.result(renderCredentials(await accountCredentials(invocation, name), format));
  },
};
