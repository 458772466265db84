import type { Candidate, Completion } from "../cli/complete.ts";
import { completionScripts, isShell } from "../cli/completion-scripts.ts";
import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";

const shells = Object.keys(completionScripts);

export const completion: Command = {
  words: "<shell>",
  minimumWords: 1,
  maximumWords: Number.POSITIVE_INFINITY,
  options: [],
  completes: (before) =>
    before.length === 0 ? shells.map((text) => ({ text, description: "" })) : undefined,
  details: [
    `The shells are ${shells.join(", ")}. What is printed asks letme for names when you press Tab.\nletme takes them from files of this machine alone: accounts from the registry file or the snapshot\nof \`letme init\`, and from the profiles that it wrote.`,
    [
      'In ~/.bashrc:                eval "$(letme completion bash)"',
      "In ~/.zshrc, after compinit: source <(letme completion zsh)",
      "In fish:                     letme completion fish > ~/.config/fish/completions/letme.fish",
      "In PowerShell's $PROFILE:    letme completion powershell | Out-String | Invoke-Expression",
    ].join("\n"),
  ],
  examples: [
    { command: 'eval "$(letme completion bash)"', purpose: "in this shell, from now on" },
    { command: "letme completion zsh", purpose: "print the script for zsh" },
  ],
  run: async (invocation) => {
    const { report, arguments: given } = invocation;
    const [shell = "", ...words] = given.words;
    if (shell === "candidates") return printCandidates(invocation, words);
    if (isShell(shell) && words.length === 0) return report.result(completionScripts[shell]);
    const meant = nearest(shell, shells);
    throw new LetmeError(
      "usage",
      words.length > 0 ? "one shell at a time" : `there is no completion for \`${shell}\``,
      {
        hint:
          meant === undefined
            ? `the shells are ${shells.join(", ")}`
            : `did you mean \`letme completion ${meant}\`?`,
      },
    );
  },
};

/**
 * What the scripts ask for: `letme completion candidates -- WORD... :CURRENT`. The colon is there
 * since some shells pass on no empty word. The first line is `:words` or `:files`; of words, each
 * further line is one, a tab and what it is.
 */
async function printCandidates({ host, report }: Invocation, words: readonly string[]) {
  const { complete } = await import("../cli/complete.ts");
  const { commands } = await import("./index.ts");
  const { localNames } = await import("./local-names.ts");
  const current = words.at(-1)?.replace(/^:/, "") ?? "";
  const found = await complete(commands, words.slice(0, -1), current, localNames(host));
  return report.result(render(found));
}

function render(found: Completion): string {
  if (found.kind === "files") return ":files\n";
  const lines = found.candidates.filter(isPlain).map(({ text, description }) => {
    return `${text}\t${description.replaceAll("\n", " ")}`;
  });
  return [":words", ...lines].map((line) => `${line}\n`).join("");
}

/** Whether a shell takes the word as it stands: what would need quotes is left for people to type. */
function isPlain({ text }: Candidate): boolean {
  return /^[\w./%@:+=,-]+$/.test(text);
}
