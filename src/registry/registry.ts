import type { LetmeError } from "../errors.ts";
import { type Account, type CheckedAccount, type UnsoundEntry, unsoundEntry } from "./account.ts";

/** Where accounts are looked up: the table, its snapshot, or a file kept by hand. */
export interface Registry {
  /** For people, as in "the table `accounts` in eu-west-1". */
  readonly description: string;
  /** Whether it is asked over the network. */
  readonly remote: boolean;
  /** The time a snapshot was taken; undefined for what is always current. */
  readonly takenAt: Date | undefined;
  /** The entry of this name, checked; undefined where there is none. */
  find(name: string): Promise<CheckedAccount | undefined>;
  /**
   * The entries of many names, in as few requests as the registry allows. A `LetmeError` stands for
   * a name that could not be looked up where the others could.
   */
  findMany(names: readonly string[]): Promise<ReadonlyMap<string, FoundEntry>>;
  /**
   * Every entry, sound or not, in no order; with tags those that have all of them, and where the
   * registry cannot tell, others too: `hasTags` tells.
   */
  list(tags?: readonly string[]): Promise<readonly CheckedAccount[]>;
}

/** What there is of a name: an entry, nothing, or why it could not be looked up. */
export type FoundEntry = CheckedAccount | LetmeError | undefined;

/** Picks the entries of these names out of all; one of several with its name is unsound. */
export function pickEntries(
  entries: readonly CheckedAccount[],
  names: readonly string[],
): ReadonlyMap<string, CheckedAccount | undefined> {
  const byName = entriesByName(entries);
  return new Map(
    names.map((name) => {
      const [entry, ...others] = byName.get(name) ?? [];
      return [name, others.length > 0 ? ambiguous(name) : entry];
    }),
  );
}

/** The entries of each name; under undefined those without one, which no two share. */
export function entriesByName(
  entries: readonly CheckedAccount[],
): ReadonlyMap<string | undefined, readonly CheckedAccount[]> {
  const byName = new Map<string | undefined, CheckedAccount[]>();
  for (const entry of entries) {
    const { name } = "account" in entry ? entry.account : entry;
    const alike = byName.get(name);
    if (alike === undefined) byName.set(name, [entry]);
    else alike.push(entry);
  }
  return byName;
}

/** Which of several was meant, nobody can tell; the first one could be anybody's. */
function ambiguous(name: string): UnsoundEntry {
  return unsoundEntry(name, "name", "is that of another entry too");
}

/** Whether an account has all of these tags. */
export function hasTags(account: Account, tags: readonly string[]): boolean {
  return tags.every((tag) => account.tags.includes(tag));
}

/**
 * Splits entries into accounts, sorted by name and each name once, and those with something wrong.
 */
export function sortEntries(entries: readonly CheckedAccount[]): {
  readonly accounts: readonly Account[];
  readonly unsound: readonly UnsoundEntry[];
} {
  const accounts: Account[] = [];
  const unsound: UnsoundEntry[] = [];
  for (const [name, alike] of entriesByName(entries)) {
    const sound = alike.flatMap((entry) => ("account" in entry ? [entry.account] : []));
    if (name !== undefined && sound.length > 0 && alike.length > 1) unsound.push(ambiguous(name));
    else accounts.push(...sound);
    unsound.push(...alike.filter((entry): entry is UnsoundEntry => !("account" in entry)));
  }
  accounts.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  return { accounts, unsound };
}
