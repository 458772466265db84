import { atMost } from "../at-most.ts";
import type { AwsClient } from "../aws/client.ts";
import type { Credentials } from "../aws/credentials.ts";
import {
  type AttributeValue,
  type Item,
  type Page,
  queryByPartitionKey,
  scan,
  unwrapAttribute,
} from "../aws/dynamodb.ts";
import { AwsError } from "../aws/errors.ts";
import { LetmeError } from "../errors.ts";
import { type CheckedAccount, checkAccount, type RawAttribute } from "./account.ts";
import { entriesByName, type FoundEntry, type Registry } from "./registry.ts";

/** What a table's partition key is, as far as finding an account by its name goes. */
export type TableKey = "name" | "other";

/** Remembers, from run to run, what kind a table is; a wrong memory costs one request, no more. */
export interface TableKeyMemory {
  recall(): Promise<TableKey | undefined>;
  remember(key: TableKey): void;
}

/** The DynamoDB table with the accounts; everything is asked of AWS. */
export function tableRegistry(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  memory: TableKeyMemory,
): Registry {
  return {
    description: `the table \`${table}\` in ${client.region}`,
    remote: true,
    takenAt: undefined,
    async find(name) {
      const items = await findItems(client, credentials, table, name, memory);
      const found = onlyEntry(name, table, items.map(checkItem));
      if (found instanceof LetmeError) throw found;
      return found;
    },
    findMany: (names) => findMany(client, credentials, table, names, memory),
    list: (tags = []) => listAll(client, credentials, table, tags),
  };
}

async function listAll(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  tags: readonly string[],
): Promise<readonly CheckedAccount[]> {
  const filter = tags.length === 0 ? undefined : { attribute: "tags", contains: tags };
  const items = await allPages((startKey) => scan(client, credentials, table, filter, startKey));
  return items.map(checkItem);
}

/** Queries that are under way at once: above this the connections cost more than they save. */
const mostQueries = 32;

/**
 * Many names: a Query each where the table is keyed by `name`, at once; else one Scan for all. What
 * kind of table it is, the first Query that is refused tells.
 */
async function findMany(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  names: readonly string[],
  memory: TableKeyMemory,
): Promise<ReadonlyMap<string, FoundEntry>> {
  const known = await memory.recall();
  if (known !== "other") {
    const inTurn = atMost(mostQueries);
    let refused: unknown;
    const query = async (name: string) => {
      if (refused !== undefined) return [name, undefined] as const;
      try {
        const items = await allPages((startKey) =>
          queryByPartitionKey(client, credentials, table, "name", name, startKey),
        );
        return [name, onlyEntry(name, table, items.map(checkItem))] as const;
      } catch (error) {
        refused = error;
        return [name, undefined] as const;
      }
    };
    const found = await Promise.all(names.map((name) => inTurn(() => query(name))));
    if (refused === undefined) {
      if (known === undefined) memory.remember("name");
      return new Map(found);
    }
    if (!mayStillScan(refused)) throw refused;
  }
  const items = await allPages((startKey) => scan(client, credentials, table, undefined, startKey));
  if (known !== "other") memory.remember("other");
  const byName = entriesByName(items.map(checkItem));
  return new Map(names.map((name) => [name, onlyEntry(name, table, byName.get(name) ?? [])]));
}

/**
 * The entry of a name; a name that stands twice counts as not found out, and so does one that is
 * answered with another: what is not DynamoDB must not choose the account.
 */
function onlyEntry(name: string, table: string, entries: readonly CheckedAccount[]): FoundEntry {
  const [first, ...others] = entries;
  const strange = entries.find((entry) => "account" in entry && entry.account.name !== name);
  if (strange !== undefined) {
    return new LetmeError("failed", `\`${name}\` was asked for, and another account came`, {
      hint: "the endpoint for DynamoDB does not answer as DynamoDB does: check AWS_ENDPOINT_URL and proxies",
    });
  }
  return others.length > 0 ? ambiguous(name, table, entries.length) : first;
}

/**
 * A table keyed by `name` answers a Query at once, whatever its size; every other one has to be
 * scanned. Which it is, a failed Query tells for free, so no permission to describe the table is
 * needed.
 */
async function findItems(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  name: string,
  memory: TableKeyMemory,
): Promise<readonly Item[]> {
  const known = await memory.recall();
  if (known !== "other") {
    try {
      const items = await allPages((startKey) =>
        queryByPartitionKey(client, credentials, table, "name", name, startKey),
      );
      if (known === undefined) memory.remember("name");
      return items;
    } catch (error) {
      if (!mayStillScan(error)) throw error;
    }
  }
  const items = await allPages((startKey) =>
    scan(client, credentials, table, { attribute: "name", is: name }, startKey),
  );
  if (known !== "other") memory.remember("other");
  return items;
}

/** The Query fits no key of the table, or is not allowed where the original's Scan may be. */
function mayStillScan(error: unknown): boolean {
  if (!(error instanceof AwsError)) return false;
  const { code, reason } = error.refusal;
  if (code === "ValidationException") return /key/i.test(reason);
  return code === "AccessDeniedException" && /dynamodb:Query/i.test(reason);
}

/** A page is 1 MB, so these are a table of 10 GB: who answers with more does not mean to end. */
const mostPages = 10_000;

async function allPages(
  ask: (startKey: Item | undefined) => Promise<Page>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const asked = new Set<string>();
  let startKey: Item | undefined;
  do {
    const page = await ask(startKey);
    for (const item of page.items) items.push(item);
    startKey = page.lastEvaluatedKey;
    const key = JSON.stringify(startKey ?? null);
    if (asked.has(key)) {
      throw new LetmeError("failed", "DynamoDB gave the same page twice", {
        hint: "what answers is not DynamoDB: check AWS_ENDPOINT_URL and proxies",
      });
    }
    asked.add(key);
    if (asked.size > mostPages) {
      throw new LetmeError("failed", `DynamoDB gave more than ${mostPages} pages`, {
        hint: "this is no table of accounts, or what answers is not DynamoDB: check `dynamodb_table`, AWS_ENDPOINT_URL and proxies",
      });
    }
  } while (startKey !== undefined);
  return items;
}

function checkItem(item: Item): CheckedAccount {
  const raw: [string, RawAttribute][] = [];
  for (const [name, value] of Object.entries(item)) {
    const plain = plainAttribute(value);
    if (plain !== undefined) raw.push([name, plain]);
  }
  return checkAccount(Object.fromEntries(raw));
}

function plainAttribute(value: AttributeValue): RawAttribute | undefined {
  const plain = unwrapAttribute(value);
  switch (plain.type) {
    case "string":
    case "boolean":
    case "strings":
      return plain.value;
    case "number": {
      // Numbers of DynamoDB have up to 38 digits; what a double cannot hold stays text.
      const number = Number(plain.value);
      return String(number) === plain.value ? number : plain.value;
    }
    case "none":
      return undefined;
    case "other":
      return { unfit: `a value of DynamoDB's type ${plain.tag}` };
  }
}

function ambiguous(name: string, table: string, count: number): LetmeError {
  return new LetmeError(
    "failed",
    `the table \`${table}\` has ${count} accounts named \`${name}\``,
    {
      hint: "whoever manages the table must rename or delete all but one",
    },
  );
}
