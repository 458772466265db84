import { expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { tableRegistry } from "../../src/registry/table.ts";
import { renderAccount } from "../../src/registry/toml.ts";
import { fakeNetwork } from "../support/fake-network.ts";
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
  const memory = { recall: async () => "name" as const, remember: () => undefined };
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
