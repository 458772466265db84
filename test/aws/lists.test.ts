import { describe, expect, test } from "bun:test";
import { listTables } from "../../src/aws/dynamodb.ts";
import { listMfaDevices } from "../../src/aws/iam.ts";
import { fakeNetwork } from "../support/fake-network.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const keys = { accessKeyId: "AKIA", secretAccessKey: "s" };

/** A client to which these replies come, one after the other, and none behind them. */
function clientOf(...bodies: readonly unknown[]) {
  const network = fakeNetwork((_, number) =>
    number > bodies.length ? undefined : { body: bodies[number - 1] },
  );
  const client = sourceContextOf({ ...testHost({}), network }).clientIn("eu-west-1");
  return { client, sent: () => network.sent.map(({ body }) => body ?? "") };
}

describe("the tables of a region", () => {
  const page = (names: readonly string[], last?: string) => ({
    TableNames: names,
    ...(last === undefined ? {} : { LastEvaluatedTableName: last }),
  });

  test("come from as many replies as it takes, sorted", async () => {
    const { client, sent } = clientOf(page(["c"], "c"), page([], "x"), page(["a", "b"]));
    expect(await listTables(client, keys)).toEqual(["a", "b", "c"]);
    expect(sent().map((body) => JSON.parse(body))).toEqual([
      {},
      { ExclusiveStartTableName: "c" },
      { ExclusiveStartTableName: "x" },
    ]);
  });

  test("have an end where the same page comes again", async () => {
    const { client, sent } = clientOf(page(["a"], "a"), page(["b"], "a"));
    expect(await listTables(client, keys)).toEqual(["a", "b"]);
    expect(sent().length).toBe(2);
  });

  test("are none where the reply has none", async () => {
    const { client } = clientOf({ TableNames: "a" });
    await expect(listTables(client, keys)).rejects.toThrow("has no list of tables");
  });
});

describe("the MFA devices of a user", () => {
  const page = (serialNumber: string, marker: string | undefined, isTruncated = true) =>
    "<ListMFADevicesResponse><ListMFADevicesResult>" +
    `<MFADevices><member><SerialNumber>${serialNumber}</SerialNumber></member></MFADevices>` +
    `<IsTruncated>${isTruncated}</IsTruncated>` +
    (marker === undefined ? "" : `<Marker>${marker}</Marker>`) +
    "</ListMFADevicesResult></ListMFADevicesResponse>";

  test("come from as many replies as it takes", async () => {
    const { client, sent } = clientOf(
      page("one", "m1"),
      page("two", "m2"),
      page("three", "m3", false),
    );
    expect(await listMfaDevices(client, keys)).toEqual(["one", "two", "three"]);
    expect(sent().map((body) => new URLSearchParams(body).get("Marker"))).toEqual([
      null,
      "m1",
      "m2",
    ]);
  });

  test.each<[string, readonly string[], number]>([
    ["the same page comes again", [page("one", "m"), page("two", "m")], 2],
    ["no place is given to go on from", [page("one", undefined)], 1],
  ])("have an end where %s", async (_, pages, requests) => {
    const { client, sent } = clientOf(...pages);
    expect(await listMfaDevices(client, keys)).toEqual(["one", "two"].slice(0, requests));
    expect(sent().length).toBe(requests);
  });
});
