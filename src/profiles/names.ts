import { LetmeError } from "../errors.ts";
import { isIdentifier } from "./grammar.ts";

/**
 * Why a profile of this name may not be written; undefined where it may. The safe names are those
 * that every AWS SDK reads, less the ones that a single SDK takes for something else.
 */
export function profileNameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (!isIdentifier(name)) return "a profile name has only letters, digits and _ - / . % @ : +";
  if (name.startsWith("-")) return "AWS's tools would take it for an option";
  if (name.length > 200) return "it is longer than 200 characters";
  // configparser copies the keys of [DEFAULT] into every other section.
  if (name === "DEFAULT") return "the AWS CLI gives its keys to every other profile";
  // The JavaScript SDK keeps sections in a plain object, and `[sso-session x]` as `sso-session.x`.
  if (name in {}) return "the AWS SDK for JavaScript cannot read it";
  if (/^(?:sso-session|services)\./.test(name)) {
    return "the AWS SDK for JavaScript takes it for another section";
  }
  return undefined;
}

/** Throws a `LetmeError` for the first name that may not be written. */
export function checkProfileNames(names: readonly string[]): void {
  for (const name of names) {
    const problem = profileNameProblem(name);
    if (problem !== undefined) {
      throw new LetmeError(
        "failed",
        `\`${onOneLine(name)}\` cannot be a profile name: ${problem}`,
        {
          hint: name.startsWith("-")
            ? `write it under another name with \`letme obtain --profile OTHER -- ${onOneLine(name)}\``
            : "write it under another name with `letme obtain ACCOUNT --profile OTHER`",
        },
      );
    }
  }
}

/** A name that may come from anywhere: no line break in it may look like a line of letme's. */
function onOneLine(name: string): string {
  const shown = name.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
