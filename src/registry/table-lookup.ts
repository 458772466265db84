import { atMost } from "../at-most.ts";
import type { ScanFilter } from "../aws/dynamodb.ts";
import { AwsError } from "../aws/errors.ts";
import { LetmeError } from "../errors.ts";
import type { CheckedAccount } from "./account.ts";
import { entriesByName } from "./registry.ts";

/**
 * Remembers, from run to run, that a table finds an account by Scan alone: it is keyed otherwise than
 * by `name`, or no Query is allowed. Where that is no longer so, it costs Scans until it is forgotten,
 * and one request where no Scan is allowed.
 */
export interface ScanMemory {
  needsScan(): Promise<boolean>;
  remember(needsScan: boolean): void;
}

/** What a table is asked, all pages of it; entries come checked. */
export interface TableQuestions {
  /** The entries of a name; refused where the table is not keyed by `name`. */
  query(name: string): Promise<readonly CheckedAccount[]>;
  /** All entries, or those that a filter lets through. */
  scan(filter?: ScanFilter): Promise<readonly CheckedAccount[]>;
}

/** What was found of each name, one entry if all is well; or why it could not be looked up. */
export type EntriesOfNames = ReadonlyMap<string, readonly CheckedAccount[] | LetmeError>;

/**
 * Finds accounts by their names. A table keyed by `name` answers a Query at once, whatever its size;
 * every other one has to be scanned. Which it is, a refused Query tells for free, so no permission to
 * describe the table is needed. Where a Query found an account, those that failed are of their names
 * alone; throws where nothing could be looked up.
 */
export async function findByNames(
  table: TableQuestions,
  names: readonly string[],
  memory: ScanMemory,
): Promise<EntriesOfNames> {
  if (await memory.needsScan()) return scanOrQuery(table, names, memory);
  const { found, errors } = await queryEach(table, names);
  const [first] = errors;
  if (first === undefined || errors.length < names.length) {
    memory.remember(false);
    return found;
  }
  // Policies that were made for the original allow no Query, whatever the key.
  const scans = errors.some((error) => isNotKeyedByName(error) || isDenied(error, "Query"));
  if (!scans) throw first;
  const scanned = await scanFor(table, names);
  memory.remember(true);
  return scanned;
}

/** Where a Scan was needed when the table was last asked. */
async function scanOrQuery(
  table: TableQuestions,
  names: readonly string[],
  memory: ScanMemory,
): Promise<EntriesOfNames> {
  try {
    return await scanFor(table, names);
  } catch (error) {
    if (!isDenied(error, "Scan")) throw error;
    // It may have been made anew meanwhile, with a Query for all that it takes.
    const { found, errors } = await queryEach(table, names);
    if (errors.length === names.length) throw error;
    memory.remember(false);
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
): Promise<{ readonly found: EntriesOfNames; readonly errors: readonly LetmeError[] }> {
  const inTurn = atMost(mostQueries);
  let notKeyed: LetmeError | undefined;
  const query = async (
    name: string,
  ): Promise<readonly [string, readonly CheckedAccount[] | LetmeError]> => {
    // It is the same for every name.
    if (notKeyed !== undefined) return [name, notKeyed];
    try {
      return [name, await table.query(name)];
    } catch (error) {
      if (!(error instanceof LetmeError)) throw error;
      if (isNotKeyedByName(error)) notKeyed = error;
      return [name, error];
    }
  };
  const found = await Promise.all(names.map((name) => inTurn(() => query(name))));
  return {
    found: new Map(found),
    errors: found.flatMap(([, one]) => (one instanceof LetmeError ? [one] : [])),
  };
}

/** That the key is another, or is `name` as a number; not that a name is too long for a key. */
function isNotKeyedByName(error: unknown): boolean {
  if (!(error instanceof AwsError) || error.refusal.code !== "ValidationException") return false;
  const { reason } = error.refusal;
  return /key|does not match schema type/i.test(reason) && !/size of hashkey/i.test(reason);
}

function isDenied(error: unknown, operation: "Query" | "Scan"): boolean {
  if (!(error instanceof AwsError) || error.refusal.code !== "AccessDeniedException") return false;
  return error.refusal.reason.toLowerCase().includes(`dynamodb:${operation.toLowerCase()}`);
}
