import type { Invocation, Option } from "../cli/declaration.ts";
import { tightenedNotice } from "../files/owner-only.ts";
import { shortenHome } from "../paths.ts";
import type { Preview } from "../profiles/store.ts";
import type { UpdateReport } from "../profiles/transaction.ts";

/** Says what was done to the AWS files, and what the user should know of them. */
export function tellUpdates(invocation: Invocation, updates: UpdateReport): void {
  const { host, report } = invocation;
  for (const warning of updates.warnings) report.warn(warning);
  const shown = (path: string) => shortenHome(path, host);
  const done = updates.files
    .filter(({ action }) => action !== "unchanged")
    .map(({ path, action }) => `${action === "created" ? "Created" : "Changed"} ${shown(path)}`);
  if (done.length > 0) report.progress(done.join("\n"));
  for (const { path, tightenedFrom, otherNames, lostAttributes } of updates.files) {
    tellProtected(invocation, path, tightenedFrom);
    if (lostAttributes !== undefined) {
      report.warn(`${shown(path)} lost extended attributes: ${lostAttributes.join(", ")}`);
    }
    if (otherNames === undefined) continue;
    const keep = otherNames === 1 ? "the other keeps" : "the others keep";
    report.warn(
      `${shown(path)} had ${otherNames + 1} names (hard links): ${keep} the old content, and letme's changes are under this one alone`,
    );
  }
}

/** Says that a credentials file was made its user's alone; undefined where it was before. */
export function tellProtected(
  { host, report }: Invocation,
  path: string,
  modeBefore: number | undefined,
): void {
  if (modeBefore === undefined) return;
  report.warn(tightenedNotice(shortenHome(path, host), modeBefore));
}

/** The option of every command that changes the AWS files. */
export const dryRunOption: Option = {
  long: ["dry-run"],
  description: "print the change to your AWS files as a diff, secrets hidden, and write nothing",
};

/** Prints what would be done to the AWS files. */
export async function tellPreview({ report }: Invocation, preview: Preview): Promise<void> {
  for (const warning of preview.warnings) report.warn(warning);
  await report.result(preview.diff);
  report.progress("letme: a dry run, nothing was written.");
}
