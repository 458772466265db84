import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Settings } from "../settings/settings.ts";
import type { Registry } from "./registry.ts";
import {
  readSnapshotHeader,
  registryFile,
  type SnapshotHeader,
  snapshotRegistry,
} from "./snapshot.ts";

/** The registry that needs no network, where there is one, and what the user should know of it. */
export interface LocalRegistry {
  readonly registry: Registry | undefined;
  readonly notes: readonly string[];
}

const oneDay = 24 * 3600 * 1000;
const oneWeek = 7 * oneDay;

/**
 * The registry file if one is set, else the snapshot if there is one of this table and region.
 * A snapshot of the original letme names neither and counts as right, as it did there. Without
 * either, the table is to be asked.
 */
export function localRegistry(
  host: Host,
  settings: Settings,
  region: string | undefined,
): LocalRegistry {
  if (settings.registryFile !== undefined) {
    return { registry: registryFile(host.files, settings.registryFile.value), notes: [] };
  }
  const path = settings.paths.snapshotOf(settings.contextName);
  let header: SnapshotHeader | undefined;
  try {
    header = readSnapshotHeader(host.files, path);
  } catch {
    return {
      registry: undefined,
      notes: [`the snapshot \`${path}\` cannot be read: asking the table`],
    };
  }
  if (header === undefined) return { registry: undefined, notes: [] };
  if (header.empty) {
    return {
      registry: undefined,
      notes: [`the snapshot \`${path}\` is empty: asking the table; \`letme init\` writes it anew`],
    };
  }
  const other = otherPlace(header, settings.table?.value, region);
  if (other !== undefined) {
    return {
      registry: undefined,
      notes: [
        `the snapshot is of ${other}: asking the table; \`letme init\` with the same options writes it anew`,
      ],
    };
  }
  return { registry: snapshotRegistry(host.files, path, header), notes: ageNote(host, header) };
}

function otherPlace(
  header: SnapshotHeader,
  table: string | undefined,
  region: string | undefined,
): string | undefined {
  if (header.table !== undefined && table !== undefined && header.table !== table) {
    return `the table \`${header.table}\``;
  }
  if (header.region !== undefined && region !== undefined && header.region !== region) {
    return `the region ${header.region}`;
  }
  return undefined;
}

function ageNote(host: Host, header: SnapshotHeader): readonly string[] {
  if (header.takenAt === undefined) return [];
  const age = host.clock.now().getTime() - header.takenAt.getTime();
  // By less than a day, no week is missed for it.
  const isFuture = age < -oneDay;
  if (!isFuture && age <= oneWeek) return [];
  const what = isFuture
    ? `is dated ${header.takenAt.toISOString()}, which is yet to come`
    : `is ${Math.floor(age / oneDay)} days old`;
  return [`the snapshot ${what}: \`letme init\` takes a new one, \`--no-cache\` goes without`];
}

/** The table's name, or an error that says how to set it. */
export function requireTable(host: Pick<Host, "files">, settings: Settings): string {
  if (settings.table !== undefined) return settings.table.value;
  const isThere = host.files.status(settings.paths.config) !== undefined;
  const inFile = isThere
    ? `set \`dynamodb_table\` in \`${settings.paths.config}\``
    : "write a configuration with `letme config-file` and set `dynamodb_table` in it";
  throw new LetmeError(
    "configuration",
    `no table is set in the context \`${settings.contextName}\``,
    {
      hint: `${inFile}, or give \`--table NAME\``,
    },
  );
}
