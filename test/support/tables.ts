import type { Database } from "./database.ts";

/** One item, each attribute an AttributeValue as on the wire: `{ name: { S: "example1" } }`. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface TableDefinition {
  readonly name: string;
  /** The key schema: one partition key, or partition `id` with sort key `name`. */
  readonly key: "name" | "id" | "id+name";
  /** The type of `id`; N where not given. */
  readonly idType?: "S" | "N";
}

/** dynalite takes at most this many puts in a batch, as DynamoDB does. */
const BATCH_SIZE = 25;

/** Makes a table and returns when it can be used. */
export async function createTable(database: Database, definition: TableDefinition): Promise<void> {
  const names = definition.key.split("+");
  await callDatabase(database, "CreateTable", {
    TableName: definition.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: names.map((name) => ({
      AttributeName: name,
      AttributeType: name === "id" ? (definition.idType ?? "N") : "S",
    })),
    KeySchema: names.map((name, index) => ({
      AttributeName: name,
      KeyType: index === 0 ? "HASH" : "RANGE",
    })),
  });
  for (;;) {
    const reply = await callDatabase(database, "DescribeTable", { TableName: definition.name });
    if (JSON.stringify(reply).includes('"TableStatus":"ACTIVE"')) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

/** Deletes a table and returns when its name is free again. */
export async function deleteTable(database: Database, name: string): Promise<void> {
  await callDatabase(database, "DeleteTable", { TableName: name });
  for (;;) {
    const reply = await callDatabase(database, "ListTables", {});
    if (!JSON.stringify(reply).includes(JSON.stringify(name))) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

/** Writes the items, in batches; those of an existing key replace it. */
export async function putItems(
  database: Database,
  table: string,
  items: readonly Item[],
): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    await callDatabase(database, "BatchWriteItem", {
      RequestItems: {
        [table]: items.slice(start, start + BATCH_SIZE).map((Item) => ({ PutRequest: { Item } })),
      },
    });
  }
}

/** Asks dynalite directly, past the front: nothing of it appears in the log. */
export async function callDatabase(
  database: Database,
  operation: string,
  input: unknown,
): Promise<unknown> {
  const reply = await database.exchange({
    method: "POST",
    target: "/",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20261123T000000Z",
      // dynalite wants the form of a signature.
      authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f",
    },
    body: Buffer.from(JSON.stringify(input)),
  });
  const text = Buffer.from(reply.body).toString();
  if (reply.status !== 200) throw new Error(`dynalite refused ${operation}: ${text}`);
  return JSON.parse(text);
}
