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
import {
  type CheckedAccount,
  checkAccount,
  mixedList,
  type RawAttribute,
  shown,
} from "./account.ts";
import type { FoundEntry, Registry } from "./registry.ts";
import { findByNames, type ScanMemory, type TableQuestions } from "./table-lookup.ts";

/** The DynamoDB table with the accounts; everything is asked of AWS. */
export function tableRegistry(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  memory: ScanMemory,
): Registry {
  const questions = questionsTo(client, credentials, table);
  const findMany = async (names: readonly string[]) => {
    const found = await findByNames(questions, names, memory);
    return new Map(names.map((name) => [name, onlyEntry(name, table, found.get(name) ?? [])]));
  };
  return {
    description: `the table \`${table}\` in ${client.region}`,
    remote: true,
    takenAt: undefined,
    async find(name) {
      const found = (await findMany([name])).get(name);
      if (found instanceof LetmeError) throw found;
      return found;
    },
    findMany,
    list: (tags = []) =>
      questions.scan(tags.length === 0 ? undefined : { attribute: "tags", contains: tags }),
  };
}

function questionsTo(client: AwsClient, credentials: Credentials, table: string): TableQuestions {
  const checked = async (ask: (startKey: Item | undefined) => Promise<Page>) => {
    try {
      return (await allPages(ask)).map(checkItem);
    } catch (error) {
      throw isNotThere(error) ? notThere(error, table, client.region) : error;
    }
  };
  return {
    query: (name) =>
      checked((startKey) =>
        queryByPartitionKey(client, credentials, table, "name", name, startKey),
      ),
    scan: (filter) => checked((startKey) => scan(client, credentials, table, filter, startKey)),
  };
}

/**
 * The entry of a name; a name that stands twice counts as not found out, and so does one that is
 * answered with another: what is not DynamoDB must not choose the account.
 */
function onlyEntry(
  name: string,
  table: string,
  entries: readonly CheckedAccount[] | LetmeError,
): FoundEntry {
  if (entries instanceof LetmeError) return entries;
  const [first, ...others] = entries;
  const strange = entries.find((entry) => "account" in entry && entry.account.name !== name);
  if (strange !== undefined) {
    return new LetmeError("failed", `\`${shown(name)}\` was asked for, and another account came`, {
      hint: "the endpoint for DynamoDB does not answer as DynamoDB does: check AWS_ENDPOINT_URL and proxies",
    });
  }
  return others.length > 0 ? ambiguous(name, table, entries.length) : first;
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

function isNotThere(error: unknown): error is AwsError {
  return error instanceof AwsError && error.refusal.code === "ResourceNotFoundException";
}

/** AWS does not say which table it did not find, nor where it looked. */
function notThere(error: AwsError, table: string, region: string): LetmeError {
  return new LetmeError(
    error.kind,
    `there is no table \`${table}\` in ${region}: ${error.message}`,
    {
      hint: "check `dynamodb_table` or `--table`, the region, and that the source is of the account that has the table: `letme whoami` shows it",
      cause: error,
    },
  );
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
      return plain.tag === "L" ? mixedList : { unfit: `a value of DynamoDB's type ${plain.tag}` };
  }
}

function ambiguous(name: string, table: string, count: number): LetmeError {
  return new LetmeError(
    "failed",
    `the table \`${table}\` has ${count} accounts named \`${shown(name)}\``,
    {
      hint: "whoever manages the table must rename or delete all but one",
    },
  );
}
