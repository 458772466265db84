import type { Terminal } from "../host.ts";

/** A line at the end of the terminal that is drawn again and again. */
export interface LiveLine {
  /** Puts this text, shorter than a terminal is wide, in the place of the last. */
  show(text: string): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

/** A live line on stderr; undefined where that is no terminal that can draw one. */
export function liveLine(
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): LiveLine | undefined {
  if (env["TERM"] === "dumb" || !terminal.isTerminal("stderr")) return undefined;
  let shown = false;
  return {
    show(text) {
      terminal.writeError(`\r\u001b[K${text}`);
      shown = true;
    },
    clear() {
      if (shown) terminal.writeError("\r\u001b[K");
      shown = false;
    },
  };
}
