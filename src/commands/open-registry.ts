import { ownUrlOf } from "../aws/endpoints.ts";
import type { Invocation } from "../cli/declaration.ts";
import { memoryKey, type StateChange } from "../obtain/memory.ts";
import { localRegistry, requireTable } from "../registry/choose.ts";
import type { Registry } from "../registry/registry.ts";
import type { ScanMemory } from "../registry/table-lookup.ts";
import type { Settings } from "../settings/settings.ts";
import type { SourceCredentials } from "../source/source.ts";
import type { StateFile } from "../state/state.ts";
import type { Connection } from "./connection.ts";

/** Which table it is and who asks it, as a part of keys: elsewhere its name may be another's. */
export function tablePlace(
  settings: Settings,
  { client, source }: Connection,
): readonly (string | null)[] {
  return [
    client.region,
    ownUrlOf("dynamodb", client.region, client.endpoints) ?? null,
    settings.table?.value ?? null,
    settings.contextName,
    source.identity,
  ];
}

// A table that was made anew, now keyed by `name`, is noticed after this time at the latest.
const scanMilliseconds = 24 * 3600 * 1000;

/** The table of the settings as a registry; what is learnt of it is to be put into the state. */
export async function openTable(
  { host, arguments: given }: Invocation,
  settings: Settings,
  connection: Connection,
  state: StateFile,
): Promise<{ readonly registry: Registry; readonly learnt: () => readonly StateChange[] }> {
  const { client, source } = connection;
  const table = requireTable(host, settings);
  const [first, { tableRegistry }] = await Promise.all([
    source.load(),
    import("../registry/table.ts"),
  ]);
  const place = memoryKey(["table", ...tablePlace(settings, connection)]);
  let known = false;
  let learnt: boolean | undefined;
  const memory: ScanMemory = {
    async needsScan() {
      known = place in (await state.read()).scans;
      return known && !given.on("no-cache");
    },
    remember: (needsScan) => {
      learnt = needsScan;
    },
  };
  const openWith = ({ credentials }: SourceCredentials) =>
    tableRegistry(client, credentials, table, memory);
  return {
    registry: {
      ...openWith(first),
      find: (name) => source.use((found) => openWith(found).find(name)),
      findMany: (names) => source.use((found) => openWith(found).findMany(names)),
      list: (tags) => source.use((found) => openWith(found).list(tags)),
    },
    learnt: () => {
      if (learnt === undefined || learnt === known) return [];
      const until = new Date(host.clock.now().getTime() + scanMilliseconds).toISOString();
      const own = learnt ? { [place]: { until } } : {};
      return [
        (before) => {
          const { [place]: _, ...others } = before.scans;
          return { ...before, scans: { ...others, ...own } };
        },
      ];
    },
  };
}

/** The registry on this machine, unless `--no-cache` passes the snapshot over. */
export function openLocal(
  { host, report, arguments: given }: Invocation,
  settings: Settings,
  region: string | undefined,
): Registry | undefined {
  if (given.on("no-cache") && settings.registryFile === undefined) return undefined;
  const local = localRegistry(host, settings, region);
  for (const note of local.notes) report.warn(note);
  return local.registry;
}
