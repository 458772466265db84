import { awsTime } from "../aws/client.ts";
import { ownUrlOf } from "../aws/endpoints.ts";
import { checkPartitions } from "../aws/partitions.ts";
import { LetmeError } from "../errors.ts";
import { findKept, type WrittenProfile } from "../obtain/keep.ts";
import type { StateChange } from "../obtain/memory.ts";
import { chainedSeconds, planChain, type RoleChain } from "../obtain/plan.ts";
import type { Account } from "../registry/account.ts";
import { hasTags, type Registry, sortEntries } from "../registry/registry.ts";
import type { StateFile } from "../state/state.ts";
import { accountOf } from "./account-of.ts";
import type { Ground } from "./ground.ts";
import { keepRemembered, rememberLookups } from "./lookups.ts";
import { openTable } from "./open-registry.ts";
import { ownerOf } from "./profile-of.ts";
import type { Selection } from "./selection.ts";
import { warnOfUnsound } from "./unsound.ts";

/** A profile that is to be obtained. */
export interface Todo {
  readonly profileName: string;
  readonly chain: RoleChain;
}

/** A profile whose credentials are still valid. */
export interface Kept {
  readonly profileName: string;
  readonly expiration: Date;
  /** What is there of it. */
  readonly profile: WrittenProfile;
}

/** An account that nothing can be obtained for. */
export interface Failure {
  readonly name: string;
  readonly error: LetmeError;
}

/** What there is to do for the accounts that were asked for. */
export interface Work {
  readonly kept: readonly Kept[];
  readonly todo: readonly Todo[];
  readonly failed: readonly Failure[];
  /** What the registry taught, to be remembered; given the profiles that are valid by now. */
  readonly learnt: (valid: readonly (Todo & { readonly expiration: Date })[]) => StateChange[];
}

// Connections are opened before it is known how many accounts a filter finds.
const guessedAccounts = 16;

/** Finds the accounts, and which of them still have valid credentials of the same chain. */
export async function findWork(ground: Ground, selection: Selection): Promise<Work> {
  const { invocation, settings, local, connection, state, warmth } = ground;
  const remembered =
    local === undefined && selection.by === "names" ? await keepRemembered(ground, selection) : [];
  const left = { ...selection };
  if (left.by === "names") {
    const names = new Set(remembered.map(({ accountName }) => accountName));
    left.names = left.names.filter((name) => !names.has(name));
    if (left.names.length === 0) {
      return { kept: remembered, todo: [], failed: [], learnt: () => [] };
    }
  }
  const table =
    local === undefined ? await openTable(invocation, settings, connection, state) : undefined;
  const registry = local ?? table?.registry;
  if (registry === undefined) throw new Error("neither a local registry nor a table");
  invocation.report.debug(`accounts come from ${registry.description}`);
  // The connections to STS are opened while the table answers.
  if (registry.remote) warmth.start(guessCount(left));
  const { accounts, failed } = await findAccounts(ground, registry, left);
  const sourceIsTemporary = await hasTemporarySource(ground);
  const { planned, misplaced } = planAll({ ...ground, sourceIsTemporary }, accounts);
  const { kept, todo } = splitKept(ground, planned);
  return {
    kept: [...remembered, ...kept],
    todo,
    failed: [...failed, ...misplaced],
    learnt: (valid) =>
      table === undefined ? [] : [...table.learnt(), rememberLookups(ground, [...kept, ...valid])],
  };
}

function guessCount(selection: Selection): number {
  if (selection.by === "names") return selection.names.length;
  return selection.tags.length > 0 ? guessedAccounts : Number.POSITIVE_INFINITY;
}

async function findAccounts(
  { invocation }: Ground,
  registry: Registry,
  selection: Selection,
): Promise<{ readonly accounts: readonly Account[]; readonly failed: readonly Failure[] }> {
  if (selection.by === "tags") {
    const { accounts, unsound } = sortEntries(await registry.list(selection.tags));
    warnOfUnsound(invocation, unsound);
    const found = accounts.filter((account) => hasTags(account, selection.tags));
    if (found.length > 0) return { accounts: found, failed: [] };
    const which = selection.tags.map((tag) => `\`${tag}\``).join(", ");
    throw new LetmeError(
      "failed",
      `${registry.description} has no accounts${which === "" ? "" : ` with the tags ${which}`}`,
      { hint: "`letme list -o json` shows the accounts with their tags" },
    );
  }
  const { names } = selection;
  const [only] = names;
  const found =
    names.length === 1 && only !== undefined
      ? new Map([[only, await registry.find(only)]])
      : await registry.findMany(names);
  const accounts: Account[] = [];
  const failed: Failure[] = [];
  for (const name of names) {
    try {
      accounts.push(await accountOf(registry, name, found.get(name)));
    } catch (error) {
      if (!(error instanceof LetmeError)) throw error;
      failed.push({ name, error });
    }
  }
  return { accounts, failed };
}

/** Only for sessions that may last longer than AWS gives with temporary credentials it matters. */
async function hasTemporarySource({ settings, connection }: Ground): Promise<boolean> {
  const { isTemporary, load } = connection.source;
  if (isTemporary !== undefined) return isTemporary;
  if (settings.sessionDuration.value <= chainedSeconds) return true;
  return (await load()).credentials.sessionToken !== undefined;
}

interface PlanGround extends Ground {
  readonly sourceIsTemporary: boolean;
}

/** Plans each account whose roles are where STS is asked. */
function planAll(
  ground: PlanGround,
  accounts: readonly Account[],
): { readonly planned: readonly Todo[]; readonly misplaced: readonly Failure[] } {
  const { region } = ground.connection.client;
  const planned: Todo[] = [];
  const misplaced: Failure[] = [];
  for (const account of accounts) {
    const { name, roles } = account;
    try {
      const what = `the role of \`${name}\``;
      checkPartitions(
        region,
        roles.map((arn) => ({ arn, what })),
      );
      planned.push(planFor(ground, account));
    } catch (error) {
      if (!(error instanceof LetmeError)) throw error;
      misplaced.push({ name, error });
    }
  }
  return { planned, misplaced };
}

function planFor(ground: PlanGround, account: Account): Todo {
  const { settings, connection, profileName, sourceIsTemporary } = ground;
  const { region, endpoints } = connection.client;
  const chain = planChain(account, {
    contextName: settings.contextName,
    sourceIdentity: connection.source.identity,
    sourceIsTemporary,
    ownStsUrl: ownUrlOf("sts", region, endpoints),
    sessionName: settings.sessionName?.value,
    durationSeconds: settings.sessionDuration.value,
  });
  return { profileName: profileName ?? account.name, chain };
}

/** Takes out what is there already, with enough life left. */
export function splitKept(
  ground: Pick<Ground, "connection" | "written" | "minRemaining">,
  planned: readonly Todo[],
): { readonly kept: readonly (Todo & Kept)[]; readonly todo: readonly Todo[] } {
  const { connection, written, minRemaining } = ground;
  // The table's reply may have shown that this machine's clock is off.
  const now = awsTime(connection.client);
  const kept: (Todo & Kept)[] = [];
  const todo: Todo[] = [];
  for (const one of planned) {
    const { account, digest } = one.chain;
    const wanted = { chain: digest, region: account.regions[0], owner: ownerOf(one.chain) };
    const found = findKept(written.get(one.profileName) ?? [], wanted, now, minRemaining);
    if (found === undefined) todo.push(one);
    else kept.push({ ...one, ...found });
  }
  return { kept, todo };
}

/** Where nothing is to be obtained: remembers what the registry taught, if anything. */
export async function saveLearnt(state: StateFile, { learnt }: Work): Promise<void> {
  const changes = learnt([]);
  if (changes.length === 0) return;
  await state.update((before) => changes.reduce((last, change) => change(last), before));
}
