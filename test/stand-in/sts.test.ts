import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { StandIn } from "../support/stand-in.ts";
import { callSts, keysOf } from "./client.ts";
import {
  ALICE,
  ALICE_KEYS,
  BASTION,
  BOB,
  BOB_KEYS,
  EXTERNAL,
  FEDERATED,
  startWorld,
  TARGET,
} from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

function assumeRole(RoleArn: string, more: Record<string, string> = {}) {
  return { Action: "AssumeRole", RoleArn, RoleSessionName: "session", ...more };
}

const DENIED = "is not authorized to perform: sts:AssumeRole on resource:";

describe("AssumeRole", () => {
  test("gives credentials of the shape and life that AWS gives", async () => {
    const reply = await callSts(
      standIn,
      ALICE_KEYS,
      assumeRole(BASTION, { DurationSeconds: "900" }),
    );
    expect(reply.outcome).toBe("ok");
    expect(reply.text).toStartWith(
      '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
    );
    expect(reply.element("AccessKeyId")).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(reply.element("SecretAccessKey")).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(reply.element("SessionToken")).toMatch(/^IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]{400,}$/);
    expect(reply.element("Arn")).toBe("arn:aws:sts::111111111111:assumed-role/bastion/session");
    expect(reply.element("AssumedRoleId")).toMatch(/^AROA[A-Z2-7]{17}:session$/);
    expect(reply.element("RequestId")).not.toBe("");
    expect(reply.element("Expiration")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test("a chain of roles works, and a session counts as its role", async () => {
    const first = await callSts(standIn, ALICE_KEYS, assumeRole(BASTION));
    const second = await callSts(standIn, keysOf(first), assumeRole(TARGET));
    expect(second.element("Arn")).toBe("arn:aws:sts::222222222222:assumed-role/target/session");
    const caller = await callSts(standIn, keysOf(second), { Action: "GetCallerIdentity" });
    expect(caller.element("Arn")).toBe("arn:aws:sts::222222222222:assumed-role/target/session");
    expect(caller.element("Account")).toBe("222222222222");
  });

  test("a role that does not exist and one that does not trust the caller say the same", async () => {
    const nowhere = "arn:aws:iam::222222222222:role/nowhere";
    const missing = await callSts(standIn, ALICE_KEYS, assumeRole(nowhere));
    expect(missing.outcome).toBe(`AccessDenied: User: ${ALICE.arn} ${DENIED} ${nowhere}`);
    expect(missing.status).toBe(403);
    const untrusted = await callSts(standIn, BOB_KEYS, assumeRole(BASTION));
    expect(untrusted.outcome).toBe(`AccessDenied: User: ${BOB.arn} ${DENIED} ${BASTION}`);
    standIn.removeRole(BASTION);
    expect((await callSts(standIn, ALICE_KEYS, assumeRole(BASTION))).status).toBe(403);
  });

  test("the external ID must match", async () => {
    const outcomes = [];
    for (const fields of [{}, { ExternalId: "wrong" }, { ExternalId: "letmein" }]) {
      outcomes.push((await callSts(standIn, ALICE_KEYS, assumeRole(EXTERNAL, fields))).outcome);
    }
    expect(outcomes).toEqual([
      expect.stringContaining(DENIED),
      expect.stringContaining(DENIED),
      "ok",
    ]);
  });

  test("the role's own limit and the limit of chains hold", async () => {
    const tooLong = await callSts(
      standIn,
      ALICE_KEYS,
      assumeRole(BASTION, { DurationSeconds: "7201" }),
    );
    expect(tooLong.outcome).toBe(
      "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    const first = await callSts(
      standIn,
      ALICE_KEYS,
      assumeRole(BASTION, { DurationSeconds: "7200" }),
    );
    expect(first.outcome).toBe("ok");
    const chained = { DurationSeconds: "3601" };
    expect((await callSts(standIn, keysOf(first), assumeRole(TARGET, chained))).outcome).toBe(
      "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
    const session = await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" });
    expect(
      (await callSts(standIn, keysOf(session), assumeRole(BASTION, chained))).outcome,
    ).toContain("1 hour session limit");
    expect((await callSts(standIn, keysOf(session), assumeRole(BASTION))).outcome).toBe("ok");
  });

  test("an hour is the limit of a role that sets none", async () => {
    const role = "arn:aws:iam::111111111111:role/plain";
    standIn.addRole({ arn: role, trusts: [ALICE.arn] });
    const reply = await callSts(standIn, ALICE_KEYS, assumeRole(role, { DurationSeconds: "3601" }));
    expect(reply.outcome).toContain("MaxSessionDuration");
  });
});

describe("GetSessionToken", () => {
  test("is for long-term keys, twelve hours where not told", async () => {
    const session = await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" });
    const seconds = (Date.parse(session.element("Expiration")) - Date.now()) / 1000;
    expect(Math.abs(seconds - 43_200)).toBeLessThan(60);
    expect((await callSts(standIn, keysOf(session), { Action: "GetSessionToken" })).outcome).toBe(
      "AccessDenied: Cannot call GetSessionToken with session credentials",
    );
    const role = await callSts(standIn, ALICE_KEYS, assumeRole(BASTION));
    expect((await callSts(standIn, keysOf(role), { Action: "GetSessionToken" })).status).toBe(403);
  });

  test("its caller is the user", async () => {
    const session = await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" });
    const caller = await callSts(standIn, keysOf(session), { Action: "GetCallerIdentity" });
    expect(caller.element("Arn")).toBe(ALICE.arn);
    expect(caller.element("UserId")).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  test("its duration has other limits", async () => {
    const ask = (DurationSeconds: string) =>
      callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken", DurationSeconds });
    expect((await ask("129600")).outcome).toBe("ok");
    expect((await ask("129601")).outcome).toContain("less than or equal to 129600");
  });
});

describe("AssumeRoleWithWebIdentity", () => {
  async function federate(WebIdentityToken: string, RoleArn = FEDERATED) {
    const body = new URLSearchParams({
      Version: "2011-06-15",
      Action: "AssumeRoleWithWebIdentity",
      RoleArn,
      RoleSessionName: "ci",
      WebIdentityToken,
    });
    return (await fetch(`${standIn.sts.url}/`, { method: "POST", body })).text();
  }

  test("needs no signature, but a token that the role's provider issued", async () => {
    const text = await federate("good.web.token");
    expect(text).toContain("<AssumeRoleWithWebIdentityResponse ");
    expect(text).toContain("<SubjectFromWebIdentityToken>ci<");
    expect(text).toContain("assumed-role/federated/ci");
  });

  test("other tokens and roles are refused", async () => {
    expect(await federate("bad.web.token")).toContain("<Code>InvalidIdentityToken</Code>");
    expect(await federate("old.web.token")).toContain("<Code>ExpiredTokenException</Code>");
    expect(await federate("good.web.token", BASTION)).toContain(
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
  });
});
