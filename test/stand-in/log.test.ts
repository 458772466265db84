import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StandIn } from "../support/stand-in.ts";
import { callDynamoDb, callSts } from "./client.ts";
import { ALICE_KEYS, BASTION, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

test("every request is noted with what it asked and what it got", async () => {
  await callSts(standIn, ALICE_KEYS, {
    Action: "AssumeRole",
    RoleArn: BASTION,
    RoleSessionName: "x",
  });
  await callDynamoDb(standIn, ALICE_KEYS, "ListTables", { Limit: 5 });
  expect(standIn.log.operations()).toEqual(["sts AssumeRole", "dynamodb ListTables"]);
  expect(standIn.log.entries).toMatchObject([
    {
      service: "sts",
      operation: "AssumeRole",
      method: "POST",
      parameters: { RoleArn: BASTION, RoleSessionName: "x" },
      accessKeyId: ALICE_KEYS.accessKeyId,
      region: "eu-west-1",
      connection: 1,
      status: 400,
      code: "ValidationError",
    },
    {
      service: "dynamodb",
      operation: "ListTables",
      parameters: { Limit: 5 },
      connection: 1,
      status: 200,
      code: undefined,
    },
  ]);
});

test.each(["GET", "HEAD"])("%s / warms a connection, and is noted", async (method) => {
  const warm = await fetch(`${standIn.sts.url}/`, { method, redirect: "manual" });
  expect(warm.status).toBe(302);
  expect(warm.headers.get("content-length")).toBe("0");
  expect(await warm.text()).toBe("");
  await callSts(standIn, ALICE_KEYS, { Action: "GetCallerIdentity" });
  expect(standIn.log.operations()).toEqual([`sts ${method} /`, "sts GetCallerIdentity"]);
  expect(standIn.log.entries.map((entry) => entry.connection)).toEqual([1, 1]);
  expect(standIn.log.connections).toEqual([{ service: "sts", number: 1, opened: 1 }]);
});

test("connections, arrivals and answers stand in one order", async () => {
  const hold = standIn.hold({ service: "sts" });
  const first = fetch(`${standIn.sts.url}/`, { redirect: "manual" });
  await hold.arrived;
  await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {});
  hold.release();
  await first;
  const [sts, dynamodb] = standIn.log.entries;
  expect(standIn.log.connections.map((entry) => entry.opened)).toEqual([1, 3]);
  expect([sts?.arrived, sts?.answered]).toEqual([2, 6]);
  expect([dynamodb?.arrived, dynamodb?.answered]).toEqual([4, 5]);
});

test("requests at once take a connection each", async () => {
  const hold = standIn.hold({ service: "sts", times: 3 });
  const calls = [1, 2, 3].map(() => callSts(standIn, ALICE_KEYS, { Action: "GetCallerIdentity" }));
  await hold.arrivals(3);
  hold.release();
  await Promise.all(calls);
  const used = standIn.log.of("sts").map((entry) => entry.connection);
  expect(used.sort()).toEqual([1, 2, 3]);
});

test("the log can be cleared, and numbers go on", async () => {
  await callSts(standIn, ALICE_KEYS, { Action: "GetCallerIdentity" });
  standIn.log.clear();
  expect(standIn.log.operations()).toEqual([]);
  await callSts(standIn, ALICE_KEYS, { Action: "GetCallerIdentity" });
  expect(standIn.log.entries[0]?.arrived).toBeGreaterThan(3);
});
