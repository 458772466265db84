import type { Host } from "../host.ts";
import { styled, wantsColor } from "./color.ts";
import { printable } from "./printable.ts";

/** How a command talks to its user. Everything but results goes to stderr. */
export interface Report {
  /** What happens, and what was done; not with `--quiet`. */
  readonly progress: (text: string) => void;
  /** What the user should know, though nothing failed. */
  readonly warn: (text: string) => void;
  /** A line that only `--debug` shows. */
  readonly debug: (line: string) => void;
  /** Results, on stdout. */
  readonly result: (text: string) => Promise<void>;
  /** Whether stdout gets colour. */
  readonly colorOnResult: () => boolean;
}

/** The report of one run, on the host's terminal. */
export function createReport(
  host: Host,
  choice: { readonly quiet: boolean; readonly debug: boolean; readonly color: string },
): Report {
  const { terminal, env } = host;
  const colorOn = (stream: "stdout" | "stderr") => () =>
    wantsColor({ when: choice.color, env, isTerminal: () => terminal.isTerminal(stream) });
  const colorOnError = colorOn("stderr");
  terminal.colorPrompts(colorOnError);
  return {
    progress: (text) => {
      if (!choice.quiet) terminal.writeError(`${printable(text)}\n`);
    },
    warn: (text) => {
      terminal.writeError(`${styled("warning:", "yellow", colorOnError())} ${printable(text)}\n`);
    },
    debug: (line) => {
      if (!choice.debug) return;
      terminal.writeError(`${styled(`debug: ${printable(line)}`, "dim", colorOnError())}\n`);
    },
    result: (text) => terminal.writeOut(text),
    colorOnResult: colorOn("stdout"),
  };
}
