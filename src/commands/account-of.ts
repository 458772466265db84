import { LetmeError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { type Account, shown } from "../registry/account.ts";
import { type FoundEntry, type Registry, sortEntries } from "../registry/registry.ts";

/**
 * The account that was found under a name. Throws a `failed` error where there is none, with the
 * nearest name where the registry is on this machine and can say it for nothing, or where its entry
 * is malformed.
 */
export async function accountOf(
  registry: Registry,
  name: string,
  entry: FoundEntry,
): Promise<Account> {
  if (entry instanceof LetmeError) throw entry;
  if (entry === undefined) {
    throw new LetmeError("failed", `${registry.description} has no account \`${shown(name)}\``, {
      hint: await hintFor(registry, name),
    });
  }
  if ("account" in entry) return entry.account;
  throw new LetmeError(
    "failed",
    `the account \`${entry.label}\` is malformed in ${registry.description}: its attribute \`${entry.attribute}\` ${entry.problem}`,
    {
      hint: `whoever manages the accounts must correct it${registry.takenAt === undefined ? "" : "; after that, `--no-cache` and `letme init` see it"}`,
    },
  );
}

async function hintFor(registry: Registry, name: string): Promise<string> {
  if (registry.remote) return "`letme list` shows the accounts";
  const { accounts } = sortEntries(await registry.list());
  const meant = nearest(
    name,
    accounts.map((account) => account.name),
  );
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  return registry.takenAt === undefined
    ? "`letme list` shows the accounts"
    : "`letme list` shows the accounts; a new one is found with `--no-cache`, or after `letme init`";
}
