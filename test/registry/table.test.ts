import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { tableRegistry } from "../../src/registry/table.ts";
import { renderAccount } from "../../src/registry/toml.ts";
import { type FakeAnswer, fakeNetwork } from "../support/fake-network.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const role = "arn:aws:iam::000000000001:role/role0";
const account = (name: string, more = {}) => ({ name: { S: name }, role: { S: role }, ...more });

/** A table whose pages are these; behind the last the first comes again. */
function tableOf(...pages: readonly (object | string)[]) {
  let asked = 0;
  const network = fakeNetwork(() => ({ body: pages[asked++ % pages.length] }));
  const client = sourceContextOf({ ...testHost({}), network }).clientIn("eu-west-1");
  const keys = { accessKeyId: "AKIA", secretAccessKey: "s" };
  const memory = { needsScan: async () => false, remember: () => undefined };
  return tableRegistry(client, keys, "accounts", memory);
}

const failure = async (work: Promise<unknown>) => {
  const error = await work.catch((one: unknown) => one);
  return error instanceof LetmeError ? error.message : `no LetmeError: ${String(error)}`;
};

test("an account that was not asked for is not taken", async () => {
  const table = tableOf({ Items: [account("other")] });
  expect(await failure(table.find("mine"))).toBe("`mine` was asked for, and another account came");
  const found = await table.findMany(["mine"]);
  expect(found.get("mine")).toBeInstanceOf(LetmeError);
  expect(await table.find("other")).toMatchObject({ account: { name: "other" } });
});

test("pages that come again are an end", async () => {
  const page = (key: string) => ({ Items: [], LastEvaluatedKey: { name: { S: key } } });
  expect(await failure(tableOf(page("a"), page("b"), page("a")).list())).toContain(
    "same page twice",
  );
  expect(await failure(tableOf(page("a")).list())).toContain("same page twice");
});

test("a list with other than strings in it is called that", async () => {
  const [entry] = await tableOf({
    Items: [{ name: { S: "a" }, role: { L: [{ S: role }, { N: "1" }] } }],
  }).list();
  expect(entry).toMatchObject({
    problem: "must be a list of role ARNs, not a list with other than strings in it",
  });
});

describe("whether a Query that is refused says that the table is keyed otherwise", () => {
  test.each([
    ["Query condition missed key schema element: id", true],
    ["Query key condition not supported", true],
    [
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
      true,
    ],
    [
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
      false,
    ],
  ])("%s", async (message, isOther) => {
    const learnt: boolean[] = [];
    const network = fakeNetwork((request) =>
      request.headers["x-amz-target"]?.endsWith(".Query")
        ? {
            status: 400,
            body: { __type: "com.amazon.coral.validate#ValidationException", message },
          }
        : { body: { Items: [account("a")] } },
    );
    const client = sourceContextOf({ ...testHost({}), network }).clientIn("eu-west-1");
    const memory = {
      needsScan: async () => false,
      remember: (needsScan: boolean) => void learnt.push(needsScan),
    };
    const keys = { accessKeyId: "AKIA", secretAccessKey: "secret" };
    const found = tableRegistry(client, keys, "accounts", memory).find("a");
    if (isOther) expect(await found).toMatchObject({ account: { name: "a" } });
    else expect(await failure(found)).toContain(message);
    expect(learnt).toEqual(isOther ? [true] : []);
  });
});

test("an attribute nested deeper than calls can be, and one whose name is no text, do no harm", async () => {
  const depth = 50_000;
  const deep = `${'{"L":['.repeat(depth)}{"S":"x"}${"]}".repeat(depth)}`;
  const item = JSON.stringify(account("a", { "x\ud800": { S: "y" }, deep: "DEEP" }));
  const table = tableOf(`{"Items":[${item.replace('"DEEP"', deep)}]}`);
  const [entry] = await table.list();
  if (entry === undefined || !("account" in entry)) throw new Error("not sound");
  expect(entry.account.other).toEqual({});
  expect(renderAccount(entry.account)).toContain("[a]");
});

test("a key to go on from that is none, however deep, is no reply of DynamoDB's", async () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  for (const key of [
    deep,
    '{"name":{"L":[]}}',
    '{"name":{"S":"a","N":"1"}}',
    '{"name":"a"}',
    '"a"',
  ]) {
    const table = tableOf(`{"Items":[],"LastEvaluatedKey":${key}}`);
    expect(await failure(table.list())).toContain(
      "DynamoDB's reply to Scan has a `LastEvaluatedKey` that is no key",
    );
  }
  const pages = tableOf({ Items: [account("a")], LastEvaluatedKey: null });
  expect((await pages.list()).length).toBe(1);
});

test("pages without end are an end", async () => {
  const pages = Array.from({ length: 10_100 }, (_, index) => ({
    Items: [],
    LastEvaluatedKey: { id: { N: String(index) } },
  }));
  expect(await failure(tableOf(...pages).list())).toBe("DynamoDB gave more than 10000 pages");
});

/** A table that answers by operation and name; it notes what is asked and what is remembered. */
function observedTable(
  needsScan: boolean,
  answer: (operation: string, parameters: Record<string, unknown>) => FakeAnswer,
) {
  const asked: string[] = [];
  const remembered: boolean[] = [];
  const network = fakeNetwork(({ headers, body }) => {
    const operation = headers["x-amz-target"]?.split(".")[1] ?? "";
    asked.push(operation);
    return answer(operation, JSON.parse(body ?? "{}"));
  });
  const client = sourceContextOf({ ...testHost({}), network }).clientIn("eu-west-1");
  const keys = { accessKeyId: "AKIA", secretAccessKey: "s" };
  const memory = {
    needsScan: async () => needsScan,
    remember: (one: boolean) => void remembered.push(one),
  };
  return { table: tableRegistry(client, keys, "accounts", memory), asked, remembered };
}

const refusal = (code: string, message: string): FakeAnswer => ({
  status: 400,
  body: { __type: `com.amazon.coral.service#${code}`, message },
});
const wrongKey = refusal("ValidationException", "Query condition missed key schema element: id");
const namedIn = (parameters: Record<string, unknown>): string =>
  (parameters["ExpressionAttributeValues"] as { ":value": { S: string } })[":value"].S;
const keyedByName = (_: string, parameters: Record<string, unknown>): FakeAnswer => ({
  body: { Items: [account(namedIn(parameters))] },
});
const keyedByOther = (operation: string): FakeAnswer =>
  operation === "Query" ? wrongKey : { body: { Items: [account("a"), account("b")] } };
const first = (operation: string): FakeAnswer =>
  operation === "Query" ? wrongKey : { body: { Items: [account("a")] } };

describe("what kind of table it is", () => {
  test("keyed by name", async () => {
    const one = observedTable(false, keyedByName);
    expect(await one.table.find("a")).toMatchObject({ account: { name: "a" } });
    expect([one.asked, one.remembered]).toEqual([["Query"], [false]]);
    const many = observedTable(false, keyedByName);
    expect([...(await many.table.findMany(["a", "b"])).keys()]).toEqual(["a", "b"]);
    expect([many.asked, many.remembered]).toEqual([["Query", "Query"], [false]]);
  });

  test.each<[boolean, string[], boolean[]]>([
    [false, ["Query", "Scan"], [true]],
    [true, ["Scan"], []],
  ])("keyed by another attribute, which is known: %p", async (known, operations, remembered) => {
    const one = observedTable(known, first);
    expect(await one.table.find("a")).toMatchObject({ account: { name: "a" } });
    expect([one.asked, one.remembered]).toEqual([operations, remembered]);
    const many = observedTable(known, keyedByOther);
    const found = await many.table.findMany(["a", "b"]);
    expect(found.get("b")).toMatchObject({ account: { name: "b" } });
    expect(many.asked.filter((operation) => operation === "Scan")).toEqual(["Scan"]);
    expect(many.asked.at(-1)).toBe("Scan");
    expect(many.remembered).toEqual(remembered);
  });

  test("keyed by name by now, where only Query is allowed", async () => {
    const denied = refusal(
      "AccessDeniedException",
      "no identity-based policy allows dynamodb:Scan",
    );
    const one = observedTable(true, (operation, parameters) =>
      operation === "Scan" ? denied : keyedByName(operation, parameters),
    );
    expect(await one.table.find("a")).toMatchObject({ account: { name: "a" } });
    expect([one.asked, one.remembered]).toEqual([["Scan", "Query"], [false]]);
  });
});

describe("a Query that is refused", () => {
  const both = async (refused: FakeAnswer) => {
    const answer = (operation: string): FakeAnswer =>
      operation === "Query" ? refused : { body: { Items: [account("a")] } };
    const one = observedTable(false, answer);
    const many = observedTable(false, answer);
    const outcomes = await Promise.allSettled([one.table.find("a"), many.table.findMany(["a"])]);
    return {
      isFound: outcomes.map(({ status }) => status === "fulfilled"),
      asked: [...new Set([...one.asked, ...many.asked])],
    };
  };
  test("for want of permission leaves the Scan", async () => {
    const denied = refusal(
      "AccessDeniedException",
      "User: x is not authorized to perform: dynamodb:Query on resource: y",
    );
    expect(await both(denied)).toEqual({ isFound: [true, true], asked: ["Query", "Scan"] });
  });

  test.each<[string, FakeAnswer]>([
    ["for something else than its key", refusal("ValidationException", "Invalid table name")],
    ["for another permission", refusal("AccessDeniedException", "not allowed: kms:Decrypt")],
    ["for asking too fast", refusal("ThrottlingException", "Rate exceeded for this key")],
    [
      "for asking too much",
      refusal("ProvisionedThroughputExceededException", "slow down, dynamodb:Query"),
    ],
    ["for no such table", refusal("ResourceNotFoundException", "no table of this key")],
  ])("%s is the end", async (_, refused) => {
    expect(await both(refused)).toEqual({ isFound: [false, false], asked: ["Query"] });
  });
});

test("accounts of many names are found on any page", async () => {
  const { table, asked } = observedTable(false, (_, parameters) => {
    const name = namedIn(parameters);
    return parameters["ExclusiveStartKey"] === undefined
      ? { body: { Items: [], LastEvaluatedKey: { name: { S: name } } } }
      : { body: { Items: [account(name)] } };
  });
  const found = await table.findMany(["a", "b"]);
  expect([found.get("a"), found.get("b")]).toMatchObject([
    { account: { name: "a" } },
    { account: { name: "b" } },
  ]);
  expect(asked.length).toBe(4);
});

test.each([2, 3])("a name that %d accounts have is nobody's", async (count) => {
  const items = Array.from({ length: count }, () => account("a"));
  const words = `the table \`accounts\` has ${count} accounts named \`a\``;
  for (const known of [false, true]) {
    const { table } = observedTable(known, () => ({ body: { Items: items } }));
    expect(await failure(table.find("a"))).toBe(words);
    expect((await table.findMany(["a"])).get("a")).toMatchObject({ message: words });
  }
});

test.each([
  ["1", 1],
  ["-0.5", -0.5],
  ["9007199254740993", "9007199254740993"],
  ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
  ["1E+2", "1E+2"],
  ["1.50", "1.50"],
])("the number %s is %p", async (N, expected) => {
  const item = account("a", { id: { N }, size: { N } });
  const { table } = observedTable(true, () => ({ body: { Items: [item] } }));
  expect(await table.list()).toMatchObject([
    { account: { id: String(expected), other: { size: expected } } },
  ]);
});

test("what must have several tags is asked for with all of them", async () => {
  const seen: Record<string, unknown>[] = [];
  const { table } = observedTable(true, (_, parameters) => {
    seen.push(parameters);
    return { body: { Items: [] } };
  });
  await table.list(["prod", "eu"]);
  await table.list(["prod"]);
  await table.find("a");
  await table.list();
  expect(seen.map((one) => one["FilterExpression"])).toEqual([
    "contains(#attribute, :value0) AND contains(#attribute, :value1)",
    "contains(#attribute, :value0)",
    "#attribute = :value0",
    undefined,
  ]);
  expect(seen[0]).toMatchObject({
    ExpressionAttributeNames: { "#attribute": "tags" },
    ExpressionAttributeValues: { ":value0": { S: "prod" }, ":value1": { S: "eu" } },
  });
});
