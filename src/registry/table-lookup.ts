import { atMost } from "../at-most.ts";
import type { ScanFilter } from "../aws/dynamodb.ts";
import { AwsError } from "../aws/errors.ts";
import type { CheckedAccount } from "./account.ts";
import { entriesByName } from "./registry.ts";

/** What a table's partition key is, as far as finding an account by its name goes. */
export type TableKey = "name" | "other";

/** Remembers, from run to run, what kind a table is; a wrong memory costs one request, no more. */
export interface TableKeyMemory {
  recall(): Promise<TableKey | undefined>;
  remember(key: TableKey): void;
}

/** What a table is asked, all pages of it; entries come checked. */
export interface TableQuestions {
  /** The entries of a name; refused where the table is not keyed by `name`. */
  query(name: string): Promise<readonly CheckedAccount[]>;
  /** All entries, or those that a filter lets through. */
  scan(filter?: ScanFilter): Promise<readonly CheckedAccount[]>;
}

/** What was found of each name: one entry, if all is well. */
export type EntriesOfNames = ReadonlyMap<string, readonly CheckedAccount[]>;

/**
 * Finds accounts by their names. A table keyed by `name` answers a Query at once, whatever its size;
 * every other one has to be scanned. Which it is, a refused Query tells for free, so no permission to
 * describe the table is needed.
 */
export async function findByNames(
  table: TableQuestions,
  names: readonly string[],
  memory: TableKeyMemory,
): Promise<EntriesOfNames> {
  const known = await memory.recall();
  if (known === "other") return scanOrQuery(table, names, memory);
  const { found, refused } = await queryEach(table, names);
  if (refused === undefined) {
    if (known === undefined) memory.remember("name");
    return found;
  }
  const isOther = isNotKeyedByName(refused);
  if (!isOther && !isDenied(refused, "Query")) throw refused;
  const scanned = await scanFor(table, names);
  // That a Query is not allowed says nothing of the key, and may change.
  if (isOther) memory.remember("other");
  return scanned;
}

/** Where the table was not keyed by `name` when it was last asked. */
async function scanOrQuery(
  table: TableQuestions,
  names: readonly string[],
  memory: TableKeyMemory,
): Promise<EntriesOfNames> {
  try {
    return await scanFor(table, names);
  } catch (error) {
    if (!isDenied(error, "Scan")) throw error;
    // It may have been made anew meanwhile, with a Query for all that it takes.
    const { found, refused } = await queryEach(table, names);
    if (refused !== undefined) throw error;
    memory.remember("name");
    return found;
  }
}

async function scanFor(table: TableQuestions, names: readonly string[]): Promise<EntriesOfNames> {
  const [only, ...others] = names;
  // What comes for one name is given back whole: it may be another's.
  if (only !== undefined && others.length === 0) {
    return new Map([[only, await table.scan({ attribute: "name", is: only })]]);
  }
  const byName = entriesByName(await table.scan());
  return new Map(names.map((name) => [name, byName.get(name) ?? []]));
}

/** Queries that are under way at once: above this the connections cost more than they save. */
const mostQueries = 32;

async function queryEach(
  table: TableQuestions,
  names: readonly string[],
): Promise<{ readonly found: EntriesOfNames; readonly refused: unknown }> {
  const inTurn = atMost(mostQueries);
  const found = new Map<string, readonly CheckedAccount[]>();
  let refused: unknown;
  const query = async (name: string) => {
    if (refused !== undefined) return;
    try {
      found.set(name, await table.query(name));
    } catch (error) {
      refused = error;
    }
  };
  await Promise.all(names.map((name) => inTurn(() => query(name))));
  return { found, refused };
}

function isNotKeyedByName(error: unknown): boolean {
  if (!(error instanceof AwsError)) return false;
  return error.refusal.code === "ValidationException" && /key/i.test(error.refusal.reason);
}

function isDenied(error: unknown, operation: "Query" | "Scan"): boolean {
  if (!(error instanceof AwsError) || error.refusal.code !== "AccessDeniedException") return false;
  return error.refusal.reason.toLowerCase().includes(`dynamodb:${operation.toLowerCase()}`);
}
