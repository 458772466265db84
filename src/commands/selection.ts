import type { Arguments, Option } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { formatDuration, parseDuration } from "../settings/duration.ts";
import type { Settings } from "../settings/settings.ts";
import { filterOption, filterTags } from "./setting-options.ts";

/** Which accounts a command is to be about. */
export type Selection =
  | { readonly by: "names"; readonly names: readonly string[] }
  /** Those that have all of these tags; with no tags, every one. */
  | { readonly by: "tags"; readonly tags: readonly string[] };

export const selectionOptions: readonly Option[] = [
  filterOption,
  { long: ["all"], description: "every account; asks first where they are more than 20" },
  { long: ["yes"], short: "y", description: "do not ask first" },
];

/** Reads the names or the options that stand for them. Throws a `usage` error for both or neither. */
export function readSelection(given: Arguments, settings: Pick<Settings, "tags">): Selection {
  const names = [...new Set(given.words)];
  const isFiltered = given.on("filter");
  const byTags = isFiltered || given.on("all");
  const hint = "as in `letme obtain example1 example2` or `letme obtain --filter prod`";
  if (names.length === 0 && !byTags) {
    throw new LetmeError("usage", "`letme obtain` needs <name>, `--filter TAG` or `--all`", {
      hint,
    });
  }
  if (names.length > 0 && byTags) {
    const option = isFiltered ? "--filter" : "--all";
    throw new LetmeError("usage", `names and \`${option}\` do not go together`, { hint });
  }
  if (given.value("profile") !== undefined && (byTags || names.length > 1)) {
    throw new LetmeError("usage", "`--profile` names the profile of one account only", {
      hint: "leave it out, and each profile is named as its account",
    });
  }
  return byTags ? { by: "tags", tags: filterTags(given, settings) } : { by: "names", names };
}

export const keepingOptions: readonly Option[] = [
  {
    long: ["renew", "refresh"],
    short: "r",
    description: "get new credentials, even where the old ones are still valid",
  },
  {
    long: ["min-remaining"],
    value: "TIME",
    description: "keep credentials that are valid for this long",
    defaultValue: "5m",
  },
];

const defaultMinRemaining = 300;
const longestMinRemaining = 43_200;

/** How many seconds credentials must have left to be kept. */
export function readMinRemaining(given: Arguments): number {
  const text = given.value("min-remaining");
  if (text === undefined) return defaultMinRemaining;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds <= longestMinRemaining) return seconds;
  throw new LetmeError(
    "usage",
    `\`--min-remaining\` must be a time up to ${formatDuration(longestMinRemaining)}, as in \`15m\`, not \`${text}\``,
  );
}
