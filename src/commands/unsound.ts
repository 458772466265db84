import type { Invocation } from "../cli/declaration.ts";
import type { UnsoundEntry } from "../registry/account.ts";

/** Names each entry that is left out, and why. */
export function warnOfUnsound({ report }: Invocation, unsound: readonly UnsoundEntry[]): void {
  for (const { label, attribute, problem } of unsound) {
    report.warn(
      `left out \`${oneLine(label)}\`: its attribute \`${oneLine(attribute)}\` ${oneLine(problem)}`,
    );
  }
}

/** Registry text in a message must not look like lines of letme's own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ");
}
