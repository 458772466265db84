/** What git says of the source that is built. */
import { root } from "./steps.ts";

/** The commit that is built, 12 digits of it; empty outside a checkout. */
export function currentCommit(): string {
  return git("rev-parse", "--short=12", "HEAD") ?? "";
}

/**
 * When the source was made, in seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, by the
 * convention of reproducible builds, else the time of the commit, else 0.
 */
export function sourceTime(): number {
  const stated = process.env["SOURCE_DATE_EPOCH"];
  if (stated !== undefined && /^\d+$/.test(stated)) return Number(stated);
  return Number(git("log", "-1", "--format=%ct") ?? 0);
}

/** The tags of the commit that is built. */
export function currentTags(): readonly string[] {
  return (git("tag", "--points-at", "HEAD") ?? "").split("\n").filter((tag) => tag !== "");
}

/** Whether files of the project differ from the commit. */
export function isChanged(): boolean {
  return (git("status", "--porcelain") ?? "") !== "";
}

/** What git prints, trimmed; undefined where there is no git or it fails. */
function git(...args: readonly string[]): string | undefined {
  const program = Bun.which("git");
  if (program === null) return undefined;
  const result = Bun.spawnSync([program, ...args], { cwd: root, stderr: "ignore" });
  return result.success ? result.stdout.toString().trim() : undefined;
}
