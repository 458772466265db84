import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { assumeAll } from "../../src/obtain/assume-all.ts";
import type { Mfa } from "../../src/obtain/callers.ts";
import { openMemory } from "../../src/obtain/memory.ts";
import { emptyState, type State } from "../../src/state/content.ts";
import { fakeNetwork } from "../support/fake-network.ts";
import { chain } from "../support/role-chain.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const source = { accessKeyId: "AKIAORGANISATION0001", secretAccessKey: "secret" };
const device = "arn:aws:iam::111111111111:mfa/user001";

const credentials =
  "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
  "<SessionToken>t</SessionToken><Expiration>2026-11-23T00:00:00Z</Expiration></Credentials>";
const denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";

/** A machine that remembers from run to run; each run tells what STS was asked for. */
function machine() {
  const file = { state: emptyState as State };
  return {
    file,
    async run(
      chains: readonly ReturnType<typeof chain>[],
      mfa: Partial<Mfa> | undefined,
      options: { readonly refuses?: boolean; readonly saves?: boolean } = {},
    ) {
      const asked: string[] = [];
      const network = fakeNetwork(({ body }) => {
        const parameters = new URLSearchParams(body);
        const operation = parameters.get("Action") ?? "";
        asked.push(`${operation} ${parameters.get("RoleArn") ?? parameters.get("SerialNumber")}`);
        return options.refuses === true && operation === "AssumeRole"
          ? { status: 403, body: denied }
          : { body: credentials };
      });
      const host = { ...testHost({ now: new Date("2026-11-22T23:00:00Z") }), network };
      const memory = openMemory(
        {
          read: async () => file.state,
          update: async (change) => {
            file.state = change(file.state);
            return true;
          },
        },
        host.clock.now,
      );
      const outcomes = await assumeAll(chains, {
        client: sourceContextOf(host).clientIn("eu-west-1"),
        source,
        useSource: (call) => call(source),
        mfa: mfa && {
          serialNumber: device,
          session: 43_200,
          desk: { spend: (send) => send("123456") },
          ...mfa,
        },
        memory,
        ready: async () => undefined,
        onHop: () => undefined,
        onOutcome: () => undefined,
      });
      if (options.saves !== false) await memory.save();
      return { asked, outcomes };
    },
  };
}

describe("what one code gave", () => {
  test("is remembered at once, whatever becomes of the run", async () => {
    const { file, run } = machine();
    const { asked, outcomes } = await run([chain("a", "A")], {}, { refuses: true, saves: false });
    expect(asked).toEqual([`GetSessionToken ${device}`, "AssumeRole A"]);
    expect(outcomes.map((outcome) => "error" in outcome)).toEqual([true]);
    expect(Object.values(file.state.credentials).map(({ kind }) => kind)).toEqual(["mfa-session"]);
    expect((await run([chain("a", "A")], {})).asked).toEqual(["AssumeRole A"]);
  });

  test("is not remembered where nothing is to be", async () => {
    const { file, run } = machine();
    await run([chain("a", "X", "A"), chain("b", "B")], { session: "off" });
    expect(file.state.credentials).toEqual({});
  });

  test.each<[string, Partial<Mfa>, readonly string[]]>([
    ["the same again", {}, ["AssumeRole A"]],
    [
      "another time that it lasts",
      { session: 7200 },
      [`GetSessionToken ${device}`, "AssumeRole A"],
    ],
    [
      "another device",
      { serialNumber: "GAHT12345678" },
      ["GetSessionToken GAHT12345678", "AssumeRole A"],
    ],
  ])("is for its like: %s", async (_, mfa, expected) => {
    const { run } = machine();
    await run([chain("a", "A")], {});
    expect((await run([chain("a", "A")], mfa)).asked).toEqual([...expected]);
  });
});

describe("a hop on the way that is remembered", () => {
  const way = (end: string) => chain(end.toLowerCase(), "X", end);

  test.each<[string, Partial<Mfa> | undefined, readonly string[]]>([
    ["the same device", {}, ["AssumeRole B"]],
    [
      "another device",
      { serialNumber: "GAHT12345678" },
      ["GetSessionToken GAHT12345678", "AssumeRole X", "AssumeRole B"],
    ],
    ["no device", undefined, ["AssumeRole X", "AssumeRole B"]],
  ])("is for its like: %s", async (_, mfa, expected) => {
    const { run } = machine();
    await run([way("A")], {});
    expect((await run([way("B")], mfa)).asked).toEqual([...expected]);
  });
});

describe("two accounts", () => {
  const chains = [chain("a", "A"), chain("b", "X", "B")];
  const failing = (error: Error) => ({ desk: { spend: () => Promise.reject(error) } });

  test("end both where the user interrupts", async () => {
    const interrupted = new LetmeError("interrupted", "cancelled");
    const { run } = machine();
    expect(await run(chains, failing(interrupted)).catch((error: unknown) => error)).toBe(
      interrupted,
    );
  });

  test("and have an outcome each where there is no code", async () => {
    const without = new LetmeError("credentials", "an MFA code is needed");
    const { outcomes } = await machine().run(chains, failing(without));
    expect(outcomes.map((one) => ("error" in one ? one.error : "none"))).toEqual([
      without,
      without,
    ]);
  });
});
