import { afterEach, beforeEach, expect, test } from "bun:test";
import type { FaultKind } from "../support/faults.ts";
import type { StandIn } from "../support/stand-in.ts";
import { callDynamoDb, callSts } from "./client.ts";
import { ALICE, ALICE_KEYS, BASTION, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

const WHO = { Action: "GetCallerIdentity" };

async function statusAndText(kind: FaultKind, service: "sts" | "dynamodb") {
  standIn.fail({ service, with: kind });
  if (service === "sts") {
    const { status, text } = await callSts(standIn, ALICE_KEYS, WHO);
    return { status, text };
  }
  const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {});
  return { status: response.status, text };
}

test("services fail in their own words", async () => {
  const sts = async (kind: FaultKind) => statusAndText(kind, "sts");
  expect((await sts("throttle")).text).toContain("<Code>Throttling</Code>");
  expect(await sts("500")).toMatchObject({ status: 500 });
  expect((await sts("503")).text).toContain("<Code>ServiceUnavailable</Code>");
  expect((await sts("html")).text).toStartWith("<html>");
  expect(await sts("empty")).toEqual({ status: 200, text: "" });
  expect((await sts("garbage-xml")).text).toEndWith("<AccessKeyId>ASIA");
  expect(await sts({ status: 418, headers: {}, body: "tea" })).toEqual({
    status: 418,
    text: "tea",
  });
  const throttled = await statusAndText("throttle", "dynamodb");
  expect(throttled).toMatchObject({ status: 400 });
  expect(throttled.text).toContain("#ThrottlingException");
  expect((await statusAndText("500", "dynamodb")).text).toContain("#InternalServerError");
});

test("a fault hits its service and operation, as often as asked", async () => {
  standIn.fail({ service: "sts", operation: "GetSessionToken", times: 2, with: "503" });
  const outcomes = [];
  for (const Action of [
    "GetCallerIdentity",
    "GetSessionToken",
    "GetSessionToken",
    "GetSessionToken",
  ]) {
    outcomes.push((await callSts(standIn, ALICE_KEYS, { Action })).status);
  }
  expect(outcomes).toEqual([200, 503, 503, 200]);
  expect(standIn.log.entries.map((entry) => entry.code)).toEqual([
    undefined,
    "ServiceUnavailable",
    "ServiceUnavailable",
    undefined,
  ]);
});

test("any error of AWS can be ordered, with headers", async () => {
  const error = { code: "RegionDisabledException", message: "STS is not activated", status: 403 };
  standIn.fail({ service: "sts", with: error });
  const sts = await callSts(standIn, ALICE_KEYS, WHO);
  expect(sts.outcome).toBe("RegionDisabledException: STS is not activated");
  expect(sts.status).toBe(403);
  const headers = { "x-amz-retry-after": "50" };
  standIn.fail({ service: "dynamodb", with: { code: "SlowDown", message: "slow", headers } });
  const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {});
  expect(response.status).toBe(400);
  expect(response.headers.get("x-amz-retry-after")).toBe("50");
  expect(text).toContain("#SlowDown");
});

test("a connection can be cut before and in the middle of a reply", async () => {
  standIn.fail({ service: "sts", with: "cut" });
  await expect(callSts(standIn, ALICE_KEYS, WHO)).rejects.toThrow();
  standIn.fail({ service: "sts", with: "cut-after-headers" });
  await expect(callSts(standIn, ALICE_KEYS, WHO)).rejects.toThrow();
});

test("a stalled request is noted and never answered", async () => {
  standIn.fail({ service: "sts", with: "stall" });
  const abort = new AbortController();
  const hold = standIn.hold({ service: "sts" });
  const reply = fetch(`${standIn.sts.url}/`, { redirect: "manual", signal: abort.signal });
  await hold.arrived;
  hold.release();
  // Answered on another connection, so the stall is not the server's.
  await callSts(standIn, ALICE_KEYS, WHO);
  abort.abort();
  await expect(reply).rejects.toThrow();
  expect(standIn.log.entries[0]).toMatchObject({ answered: undefined, code: "fault:stall" });
});

test("a wrong checksum comes with the right reply", async () => {
  standIn.fail({ service: "dynamodb", with: "bad-crc" });
  const { response, text } = await callDynamoDb(standIn, ALICE_KEYS, "ListTables", {});
  expect(text).toBe('{"TableNames":[]}');
  expect(response.headers.get("x-amz-crc32")).toBe("1");
});

test("a request whose reply is lost may have taken effect", async () => {
  const assume = {
    Action: "AssumeRole",
    RoleArn: BASTION,
    RoleSessionName: "session",
    SerialNumber: ALICE.mfaSerial,
  };
  standIn.fail({ service: "sts", with: "503" });
  await callSts(standIn, ALICE_KEYS, { ...assume, TokenCode: "123456" });
  const again = await callSts(standIn, ALICE_KEYS, { ...assume, TokenCode: "123456" });
  expect(again.status).toBe(200);
  standIn.fail({ service: "sts", with: "503", processed: true });
  await callSts(standIn, ALICE_KEYS, { ...assume, TokenCode: "654321" });
  const used = await callSts(standIn, ALICE_KEYS, { ...assume, TokenCode: "654321" });
  expect(used.outcome).toContain("invalid MFA one time pass code");
});

test("a held reply waits for its release, others do not", async () => {
  const hold = standIn.hold({ service: "sts", operation: "GetCallerIdentity" });
  let answered = false;
  const held = callSts(standIn, ALICE_KEYS, WHO).then((reply) => {
    answered = true;
    return reply;
  });
  const entry = await hold.arrived;
  expect(entry.operation).toBe("GetCallerIdentity");
  expect(hold.waiting).toBe(1);
  await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" });
  await callSts(standIn, ALICE_KEYS, WHO);
  expect(answered).toBe(false);
  expect(entry.answered).toBeUndefined();
  hold.release();
  expect((await held).status).toBe(200);
  expect(hold.waiting).toBe(0);
});

test("stopping lets go of everything", async () => {
  const other = await startWorld();
  const hold = other.hold({ service: "sts" });
  const held = callSts(other, ALICE_KEYS, WHO).catch(() => "gone");
  await hold.arrived;
  await other.stop();
  await held;
  await expect(fetch(`${other.sts.url}/`)).rejects.toThrow();
});
