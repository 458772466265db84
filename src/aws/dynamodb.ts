import { LetmeError } from "../errors.ts";
import { type AwsClient, callAws } from "./client.ts";
import type { Credentials } from "./credentials.ts";

/**
 * A value as DynamoDB writes it: an object with exactly one member, named as its type
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html). What
 * came over the wire is not trusted to be one: `unwrapAttribute` looks.
 */
export type AttributeValue = Readonly<Record<string, unknown>>;

/** An item of a table: attribute names and their values. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** One page of a Query or Scan; with a `lastEvaluatedKey` there are more. */
export interface Page {
  readonly items: readonly Item[];
  readonly lastEvaluatedKey: Item | undefined;
}

/** The items whose attribute `name` is `value`, where `name` is the table's partition key. */
export function queryByPartitionKey(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  name: string,
  value: string,
  startKey?: Item,
): Promise<Page> {
  return page(client, credentials, "Query", {
    TableName: table,
    KeyConditionExpression: "#key = :value",
    // Attribute names are always aliased: `name`, `role` and `region` are reserved words.
    ExpressionAttributeNames: { "#key": name },
    ExpressionAttributeValues: { ":value": { S: value } },
    ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
  });
}

/** Which items a Scan is to give. */
export type ScanFilter =
  /** Those whose attribute is this string. */
  | { readonly attribute: string; readonly is: string }
  /**
   * Those whose attribute has all of these: members of a list or a set, or parts of a string, so that
   * the reply may hold more than is meant.
   */
  | { readonly attribute: string; readonly contains: readonly string[] };

/** One page of all items, or of those that a filter lets through. A page can be empty. */
export function scan(
  client: AwsClient,
  credentials: Credentials,
  table: string,
  filter?: ScanFilter,
  startKey?: Item,
): Promise<Page> {
  return page(client, credentials, "Scan", {
    TableName: table,
    ...(filter === undefined ? {} : filterExpression(filter)),
    ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
  });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
function filterExpression(filter: ScanFilter) {
  const values = "is" in filter ? [filter.is] : filter.contains;
  const names = values.map((_, index) => `:value${index}`);
  const conditions = names.map((name) =>
    "is" in filter ? `#attribute = ${name}` : `contains(#attribute, ${name})`,
  );
  return {
    FilterExpression: conditions.join(" AND "),
    ExpressionAttributeNames: { "#attribute": filter.attribute },
    ExpressionAttributeValues: Object.fromEntries(
      values.map((value, index) => [`:value${index}`, { S: value }]),
    ),
  };
}

/**
 * The names of the tables in a region, sorted, in as many requests as it takes
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html).
 */
export async function listTables(
  client: AwsClient,
  credentials: Credentials,
): Promise<readonly string[]> {
  const names: string[] = [];
  let start: string | undefined;
  for (let pages = 0; pages < mostTablePages; pages++) {
    const reply = await call(client, credentials, "ListTables", {
      ...(start === undefined ? {} : { ExclusiveStartTableName: start }),
    });
    const page = reply["TableNames"];
    if (!Array.isArray(page)) throw strangeReply("ListTables");
    for (const name of page) if (typeof name === "string") names.push(name);
    const last = reply["LastEvaluatedTableName"];
    if (typeof last !== "string" || last === start) return names.sort();
    start = last;
  }
  throw strangeReply("ListTables", "has no last page");
}

// A page has 100 tables, and a region at most some thousands.
const mostTablePages = 1000;

async function page(
  client: AwsClient,
  credentials: Credentials,
  operation: "Query" | "Scan",
  parameters: { readonly TableName: string } & Readonly<Record<string, unknown>>,
): Promise<Page> {
  const reply = await call(client, credentials, operation, parameters);
  const items = reply["Items"];
  if (!Array.isArray(items) || !items.every(isRecord)) throw strangeReply(operation);
  const last = reply["LastEvaluatedKey"] ?? undefined;
  if (last !== undefined && !isKey(last)) {
    throw strangeReply(operation, "has a `LastEvaluatedKey` that is no key");
  }
  client.trace(`  ${items.length} items${last === undefined ? "" : ", more follow"}`);
  return { items: items as Item[], lastEvaluatedKey: last };
}

/** A key goes back to the service as it came, so it must be one: its values are S, N or B. */
function isKey(value: unknown): value is Item {
  return (
    isRecord(value) &&
    Object.values(value).every((one) => {
      const [tag, ...others] = isRecord(one) ? Object.entries(one) : [];
      return others.length === 0 && /^[SNB]$/.test(tag?.[0] ?? "") && typeof tag?.[1] === "string";
    })
  );
}

async function call(
  client: AwsClient,
  credentials: Credentials,
  operation: "Query" | "Scan" | "ListTables",
  parameters: { readonly TableName?: string } & Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await callAws(client, {
    service: "dynamodb",
    operation,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(parameters),
    credentials,
    shown: parameters.TableName === undefined ? "" : `TableName=${parameters.TableName}`,
    secrets: [],
    once: false,
    decodeError,
  });
  const reply = parseJson(body);
  if (reply === undefined) throw strangeReply(operation);
  return reply;
}

function strangeReply(
  operation: string,
  problem = `has no list of ${operation === "ListTables" ? "tables" : "items"}`,
): LetmeError {
  return new LetmeError("failed", `DynamoDB's reply to ${operation} ${problem}`, {
    hint: "a proxy may stand in between; `--debug` shows each request",
  });
}

/** DynamoDB's error: `__type` is `prefix#Code` or `Code:url`, the text is `message` or `Message`. */
function decodeError(body: string): { code: string; reason: string } | undefined {
  const reply = parseJson(body);
  const type = reply?.["__type"];
  if (reply === undefined || typeof type !== "string") return undefined;
  const code = (type.split(":")[0] ?? "").split("#").at(-1) ?? "";
  const reason = reply["message"] ?? reply["Message"];
  return { code, reason: typeof reason === "string" ? reason : "" };
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of an AttributeValue of type S, alone in a list; nothing of any other. */
function stringMember(value: unknown): readonly string[] {
  if (!isRecord(value) || Object.keys(value).length !== 1) return [];
  return typeof value["S"] === "string" ? [value["S"]] : [];
}

/** An attribute's value in plain terms; numbers stay text, for DynamoDB's have 38 digits. */
export type PlainAttribute =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "number"; readonly value: string }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "none" }
  | { readonly type: "other"; readonly tag: string };

/**
 * Unwraps an AttributeValue. A list counts as strings where all its members are; binary, map and
 * mixed values are `other`, named by DynamoDB's type letter; an absent or NULL value is `none`.
 */
export function unwrapAttribute(value: AttributeValue | undefined): PlainAttribute {
  if (value === undefined) return { type: "none" };
  if (!isRecord(value)) return { type: "other", tag: "?" };
  const entries = Object.entries(value);
  const [tag, content] = entries[0] ?? ["?", undefined];
  if (entries.length !== 1) return { type: "other", tag: "?" };
  if (tag === "S" && typeof content === "string") return { type: "string", value: content };
  if (tag === "N" && typeof content === "string") return { type: "number", value: content };
  if (tag === "BOOL" && typeof content === "boolean") return { type: "boolean", value: content };
  if (tag === "NULL") return { type: "none" };
  if (tag === "SS" && Array.isArray(content) && content.every((one) => typeof one === "string")) {
    return { type: "strings", value: content };
  }
  if (tag === "L" && Array.isArray(content)) {
    // Not by this function again: lists may be nested deeper than calls can be.
    const strings = content.flatMap(stringMember);
    if (strings.length === content.length) return { type: "strings", value: strings };
  }
  return { type: "other", tag };
}
