import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StandIn } from "../support/stand-in.ts";
import type { Item } from "../support/tables.ts";
import { callDynamoDb } from "./client.ts";
import { ALICE_KEYS, BOB, BOB_KEYS, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

function account(number: number, description = ""): Item {
  return {
    id: { N: String(number) },
    name: { S: `example${number}` },
    description: { S: description },
    region: { L: [{ S: "eu-west-1" }] },
    role: { L: [{ S: `arn:aws:iam::${number}:role/dev` }] },
  };
}

const BY_NAME = {
  ExpressionAttributeNames: { "#name": "name" },
  ExpressionAttributeValues: { ":name": { S: "example2" } },
};

async function names(operation: string, input: object): Promise<string[]> {
  const found: string[] = [];
  let start: unknown;
  do {
    const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, operation, {
      ...input,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    expect(response.status).toBe(200);
    const page: { Items: { name: { S: string } }[]; LastEvaluatedKey?: unknown } = JSON.parse(text);
    found.push(...page.Items.map((item) => item.name.S));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return found;
}

test("a table keyed by name answers a Query", async () => {
  await standIn.createTable({ name: "accounts", key: "name" });
  await standIn.createTable({ name: "others", key: "name" });
  await standIn.putAccounts("accounts", [account(1), account(2), account(3)]);
  const query = { TableName: "accounts", KeyConditionExpression: "#name = :name", ...BY_NAME };
  expect(await names("Query", query)).toEqual(["example2"]);
  expect(await names("Query", { ...query, TableName: "others" })).toEqual([]);
  expect((await names("Scan", { TableName: "accounts" })).sort()).toEqual([
    "example1",
    "example2",
    "example3",
  ]);
});

test("tables keyed otherwise refuse that Query and answer a filtered Scan", async () => {
  await standIn.createTable({ name: "by-id", key: "id" });
  await standIn.createTable({ name: "by-id-text", key: "id", idType: "S" });
  await standIn.createTable({ name: "by-both", key: "id+name" });
  await standIn.putAccounts("by-id", [account(1), account(2)]);
  await standIn.putAccounts("by-id-text", [{ ...account(2), id: { S: "two" } }]);
  await standIn.putAccounts("by-both", [account(1), account(2)]);
  for (const TableName of ["by-id", "by-id-text", "by-both"]) {
    const query = { TableName, KeyConditionExpression: "#name = :name", ...BY_NAME };
    const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "Query", query);
    expect(response.status).toBe(400);
    expect(text).toContain("ValidationException");
    expect(
      await names("Scan", { TableName, FilterExpression: "#name = :name", ...BY_NAME }),
    ).toEqual(["example2"]);
  }
});

test("a big table comes in pages, whole", async () => {
  await standIn.createTable({ name: "accounts", key: "name" });
  const items = Array.from({ length: 5000 }, (_, index) => account(index, "d".repeat(400)));
  await standIn.putAccounts("accounts", items);
  expect(new Set(await names("Scan", { TableName: "accounts" })).size).toBe(5000);
  expect(standIn.log.of("dynamodb", "Scan").length).toBeGreaterThan(1);
});

test("replies keep dynalite's checksum and request id", async () => {
  const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {});
  expect(response.headers.get("x-amz-crc32")).toBe(String(Bun.hash.crc32(text)));
  expect(response.headers.get("x-amzn-requestid")).toMatch(/^[A-Z0-9]{52}$/);
  expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
});

test("a missing table is DynamoDB's own error", async () => {
  const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "Scan", {
    TableName: "nowhere",
  });
  expect(response.status).toBe(400);
  expect(text).toContain("ResourceNotFoundException");
  expect(standIn.log.entries[0]?.code).toBe("ResourceNotFoundException");
});

test("refusals have DynamoDB's form, words and checksum", async () => {
  const stranger = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
  const unknown = await callDynamoDb(standIn, stranger, "ListTables", {});
  expect(unknown.response.status).toBe(400);
  expect(unknown.response.headers.get("x-amz-crc32")).toBe(String(Bun.hash.crc32(unknown.text)));
  expect(unknown.response.headers.get("x-amzn-requestid")).toMatch(/^[A-Z0-9]{52}$/);
  expect(JSON.parse(unknown.text)).toEqual({
    __type: "com.amazon.coral.service#UnrecognizedClientException",
    message: "The security token included in the request is invalid.",
  });
  const wrong = { ...ALICE_KEYS, secretAccessKey: "wrong" };
  expect((await callDynamoDb(standIn, wrong, "ListTables", {})).text).toContain(
    "#InvalidSignatureException",
  );
  standIn.clock.advance(3_600_000);
  expect((await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {})).text).toContain(
    "Signature expired",
  );
  const unsigned = await fetch(`${standIn.dynamodb.url}/`, { method: "POST", body: "{}" });
  expect(await unsigned.text()).toContain("#MissingAuthenticationTokenException");
});

test("a principal without the right is denied by name", async () => {
  const { response, text } = await callDynamoDb(standIn, BOB_KEYS, "Query", {
    TableName: "accounts",
  });
  expect(response.status).toBe(400);
  expect(JSON.parse(text)).toEqual({
    __type: "com.amazon.coral.service#AccessDeniedException",
    Message: `User: ${BOB.arn} is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:eu-west-1:111111111111:table/accounts because no identity-based policy allows the dynamodb:Query action`,
  });
});
