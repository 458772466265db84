import { ownUrlOf } from "../aws/endpoints.ts";
import { findKept, lifeLeft } from "../obtain/keep.ts";
import { memoryKey, type StateChange } from "../obtain/memory.ts";
import type { State } from "../state/content.ts";
import type { Ground } from "./ground.ts";
import { tablePlace } from "./open-registry.ts";
import type { Selection } from "./selection.ts";
import type { Kept, Todo } from "./work.ts";

// How long the table's word on an account counts without asking it again.
const lookupMilliseconds = 3600 * 1000;

/**
 * The accounts of a table whose credentials are still valid and which the table was asked about
 * within the last hour: for these it is not asked again. `--no-cache` asks.
 */
export async function keepRemembered(
  ground: Ground,
  selection: Selection & { readonly by: "names" },
): Promise<readonly (Kept & { readonly accountName: string })[]> {
  const { invocation, settings, state, written, minRemaining, profileName } = ground;
  if (invocation.arguments.on("no-cache")) return [];
  const now = invocation.host.clock.now();
  const kept: (Kept & { accountName: string })[] = [];
  let lookups: State["lookups"] | undefined;
  for (const accountName of selection.names) {
    const name = profileName ?? accountName;
    const there = written.get(name) ?? [];
    if (there.every((one) => lifeLeft(one, now, minRemaining) === undefined)) continue;
    lookups ??= (await state.read()).lookups;
    const lookup = lookups[lookupKey(ground, accountName)];
    const owner = { context: settings.contextName };
    const found = lookup && findKept(there, { ...lookup, owner }, now, minRemaining);
    if (found !== undefined) kept.push({ profileName: name, accountName, ...found });
  }
  return kept;
}

/** Remembers what the table said of accounts whose credentials are valid. */
export function rememberLookups(
  ground: Ground,
  valid: readonly (Todo & { readonly expiration: Date })[],
): StateChange {
  const latest = ground.invocation.host.clock.now().getTime() + lookupMilliseconds;
  const lookups = valid.map(({ chain, expiration }) => {
    const until = new Date(Math.min(expiration.getTime(), latest)).toISOString();
    const lookup = { chain: chain.digest, region: chain.account.regions[0], until };
    return [lookupKey(ground, chain.account.name), lookup] as const;
  });
  return (state) => ({ ...state, lookups: { ...state.lookups, ...Object.fromEntries(lookups) } });
}

/** All that an account's chain is made of, but for what the table says of it. */
function lookupKey({ settings, connection }: Ground, accountName: string): string {
  const { client } = connection;
  return memoryKey([
    "lookup",
    ...tablePlace(settings, connection),
    ownUrlOf("sts", client.region, client.endpoints) ?? null,
    settings.sessionName?.value ?? null,
    settings.sessionDuration.value,
    accountName,
  ]);
}
