import { afterEach, beforeEach, expect, test } from "bun:test";
import { totp } from "../support/mfa.ts";
import type { StandIn } from "../support/stand-in.ts";
import { callSts, keysOf } from "./client.ts";
import { ALICE, ALICE_KEYS, BASTION, GUARDED, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

function assumeRole(RoleArn: string, more: Record<string, string> = {}) {
  return { Action: "AssumeRole", RoleArn, RoleSessionName: "session", ...more };
}

const DENIED = "is not authorized to perform: sts:AssumeRole on resource:";
const serial = { SerialNumber: ALICE.mfaSerial };
const wrongCode =
  "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";

test("a role may require it, of the call itself or of the session", async () => {
  expect((await callSts(standIn, ALICE_KEYS, assumeRole(GUARDED))).outcome).toContain(DENIED);
  const code = standIn.currentCode(ALICE.mfaSerial);
  const direct = assumeRole(GUARDED, { ...serial, TokenCode: code });
  expect((await callSts(standIn, ALICE_KEYS, direct)).outcome).toBe("ok");
  const plain = await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" });
  expect((await callSts(standIn, keysOf(plain), assumeRole(GUARDED))).outcome).toContain(DENIED);
  const session = await callSts(standIn, ALICE_KEYS, {
    Action: "GetSessionToken",
    ...serial,
    TokenCode: "123456",
  });
  expect((await callSts(standIn, keysOf(session), assumeRole(GUARDED))).outcome).toBe("ok");
  expect((await callSts(standIn, keysOf(session), assumeRole(GUARDED))).outcome).toBe("ok");
});

test("it does not pass through a role", async () => {
  const code = { ...serial, TokenCode: "123456" };
  const bastion = await callSts(standIn, ALICE_KEYS, assumeRole(BASTION, code));
  expect(bastion.outcome).toBe("ok");
  expect((await callSts(standIn, keysOf(bastion), assumeRole(GUARDED))).outcome).toContain(DENIED);
});

test("a code is good once", async () => {
  for (const TokenCode of ["123456", standIn.currentCode(ALICE.mfaSerial)]) {
    const fields = assumeRole(BASTION, { ...serial, TokenCode });
    expect((await callSts(standIn, ALICE_KEYS, fields)).outcome).toBe("ok");
    expect((await callSts(standIn, ALICE_KEYS, fields)).outcome).toBe(wrongCode);
  }
});

test("the next step has the next code, and old ones are wrong", async () => {
  standIn.clock.freeze();
  const first = standIn.currentCode(ALICE.mfaSerial);
  const use = async (TokenCode: string) =>
    (await callSts(standIn, ALICE_KEYS, assumeRole(BASTION, { ...serial, TokenCode }))).outcome;
  standIn.clock.advance(30_000);
  expect(await use(first)).toBe("ok");
  expect(await use(standIn.currentCode(ALICE.mfaSerial))).toBe("ok");
  const old = standIn.currentCode(ALICE.mfaSerial);
  standIn.clock.advance(120_000);
  expect(await use(old)).toBe(wrongCode);
});

test("a wrong serial number is another error, and half of it too", async () => {
  const ask = async (fields: Record<string, string>) =>
    (await callSts(standIn, ALICE_KEYS, assumeRole(BASTION, fields))).outcome;
  expect(await ask({ SerialNumber: "arn:aws:iam::1:user/alice", TokenCode: "123456" })).toBe(
    "AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
  );
  expect(await ask(serial)).toContain("must provide both");
  expect(await ask({ TokenCode: "123456" })).toContain("must provide both");
  expect(await ask({ ...serial, TokenCode: "123456" })).toBe("ok");
});

// RFC 6238, appendix B: SHA-1, the last six of the eight digits there.
test.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_234_567_890, "005924"],
  [20_000_000_000, "353130"],
])("at %d s the RFC's secret shows %s", (seconds, code) => {
  const secret = new TextEncoder().encode("12345678901234567890");
  expect(totp(secret, Math.floor(seconds / 30))).toBe(code);
});
