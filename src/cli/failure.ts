import { LetmeError } from "../errors.ts";
import { printable } from "../io/printable.ts";

const reportPlace = "https://github.com/lockedinspace/letme/issues";

/**
 * What stderr says of a failure: `letme: what`, then `hint: next step`. A failure that nobody
 * foresaw says where to report it; its stack is shown only with `--debug`.
 */
export function describeFailure(error: unknown, args: readonly string[], version: string): string {
  if (error instanceof LetmeError) {
    const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
    return printable(`letme: ${error.message}\n${hint}`);
  }
  const text = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && args.includes("--debug") ? `${error.stack ?? ""}\n` : "";
  return printable(
    `letme: unexpected failure: ${text}\n${stack}` +
      `hint: this is a defect of letme ${version}: please report it at ${reportPlace}, with the output of \`--debug\`\n`,
  );
}
