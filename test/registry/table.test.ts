import { describe, expect, test } from "bun:test";
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
    const learnt: string[] = [];
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
      recall: async () => undefined,
      remember: (key: string) => void learnt.push(key),
    };
    const keys = { accessKeyId: "AKIA", secretAccessKey: "secret" };
    const found = tableRegistry(client, keys, "accounts", memory).find("a");
    if (isOther) expect(await found).toMatchObject({ account: { name: "a" } });
    else expect(await failure(found)).toContain(message);
    expect(learnt).toEqual(isOther ? ["other"] : []);
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
