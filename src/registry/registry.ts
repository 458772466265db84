import type { Account, CheckedAccount } from "./account.ts";

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
  /** Every entry, sound or not, in no order. */
  list(): Promise<readonly CheckedAccount[]>;
}

/** An entry that is not a sound account. */
export type UnsoundEntry = Exclude<CheckedAccount, { readonly account: Account }>;

/** Splits entries into accounts, sorted by name, and those with something wrong. */
export function sortEntries(entries: readonly CheckedAccount[]): {
  readonly accounts: readonly Account[];
  readonly unsound: readonly UnsoundEntry[];
} {
  const accounts: Account[] = [];
  const unsound: UnsoundEntry[] = [];
  for (const entry of entries) {
    if ("account" in entry) accounts.push(entry.account);
    else unsound.push(entry);
  }
  accounts.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  return { accounts, unsound };
}
