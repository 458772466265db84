import { describe, expect, test } from "bun:test";
import { AwsError } from "../../src/aws/errors.ts";
import { LetmeError, NetworkError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import { openCodeDesk } from "../../src/obtain/code-desk.ts";
import { openCodeRecord, usedCode, waitForNextCode } from "../../src/obtain/code-reuse.ts";
import { emptyState, type State } from "../../src/state/content.ts";
import { testHost } from "../support/test-host.ts";

const serialNumber = "arn:aws:iam::111111111111:mfa/user001";
const start = new Date("2026-11-22T23:00:10Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

describe("a code that was sent", () => {
  test.each<[string, string, number, number | undefined]>([
    ["the same, at once", "123456", 0, 20_000],
    ["the same, in the same step", "123456", 19, 1000],
    ["the same, in the next step", "123456", 25, 25_000],
    ["the same, two steps on", "123456", 55, 25_000],
    ["the same digits much later are another code", "123456", 120, undefined],
    ["another", "654321", 0, undefined],
  ])("%s", (_, code, seconds, wait) => {
    const last = usedCode(serialNumber, "123456", start);
    const now = later(seconds);
    expect(waitForNextCode(last, usedCode(serialNumber, code, now), now)).toBe(wait);
  });

  test("nothing was sent, or by another device", () => {
    const next = usedCode(serialNumber, "123456", start);
    expect(waitForNextCode(undefined, next, start)).toBeUndefined();
    const other = usedCode("arn:aws:iam::111111111111:mfa/other", "123456", start);
    expect(waitForNextCode(other, next, start)).toBeUndefined();
    expect(JSON.stringify(next)).not.toContain("123456");
  });
});

/** A desk whose user types these answers, or whose command prints them, while time passes. */
function desk(options: {
  typed?: string[];
  printed?: string[];
  given?: string;
  last?: string;
  cannotSave?: boolean;
}) {
  let given = options.given;
  const typed = [...(options.typed ?? [])];
  const printed = [...(options.printed ?? [])];
  let now = start;
  const host: Host = {
    ...testHost({}),
    clock: { ...testHost({}).clock, now: () => now },
  };
  const processes = {
    ...host.processes,
    run: async () => ({ exitCode: 0, stdout: printed.shift() ?? "" }),
  };
  const terminal = { ...host.terminal, askHidden: async () => typed.shift() ?? "none" };
  let state: State = emptyState;
  if (options.last !== undefined) {
    state = { ...state, codes: { [serialNumber]: usedCode(serialNumber, options.last, start) } };
  }
  const waits: number[] = [];
  const opened = openCodeDesk({
    host: { ...host, processes, terminal },
    serialNumber,
    sources: () => ({
      given:
        given === undefined
          ? undefined
          : { code: given, origin: "`--mfa-token`", errorKind: "usage" },
      process: options.printed === undefined ? undefined : "codes",
      mayAsk: () => options.typed !== undefined,
    }),
    onGiven: (isTaken) => {
      given = isTaken ? undefined : options.given;
    },
    record: openCodeRecord({
      read: async () => state,
      update: async (change) => {
        if (options.cannotSave !== true) state = change(state);
        return options.cannotSave !== true;
      },
    }),
    onAsking: () => undefined,
    tell: () => undefined,
    countDown: async (milliseconds) => {
      waits.push(milliseconds);
      now = new Date(now.getTime() + milliseconds);
    },
  });
  return { opened, waits, codes: () => state.codes };
}

const refused = () =>
  new AwsError({
    service: "sts",
    operation: "GetSessionToken",
    status: 403,
    code: "AccessDenied",
    reason: "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    requestId: undefined,
  });

describe("the desk that hands codes out", () => {
  test.each<[string, Parameters<typeof desk>[0], string, number[]]>([
    ["a code that is given", { given: "111111" }, "111111", []],
    ["a code that is typed", { typed: ["222222"] }, "222222", []],
    [
      "a used one: the next is typed",
      { typed: ["111111", "222222"], last: "111111" },
      "222222",
      [20_000],
    ],
    [
      "a used one is given: another is typed",
      { given: "111111", typed: ["222222"], last: "111111" },
      "222222",
      [20_000],
    ],
    [
      "a command prints a used one, then another",
      { printed: ["111111", "111111", "222222"], last: "111111" },
      "222222",
      [20_000, 30_000],
    ],
  ])("%s", async (_, options, sent, expected) => {
    const { opened, waits } = desk(options);
    expect(await opened.spend(async (code) => code)).toBe(sent);
    expect(waits).toEqual(expected);
  });

  test.each<[string, Parameters<typeof desk>[0]]>([
    ["given, and nobody there", { given: "111111", last: "111111" }],
    ["printed again and again", { printed: Array(9).fill("111111"), last: "111111" }],
  ])("a used one is an error: %s", async (_, options) => {
    const spent = desk(options).opened.spend(async (code) => code);
    await expect(spent).rejects.toThrow("was used already");
    await expect(spent).rejects.toBeInstanceOf(LetmeError);
  });

  test("two requests take two codes, one after the other", async () => {
    const { opened, waits } = desk({ typed: ["111111", "111111", "222222"] });
    const sent = await Promise.all([
      opened.spend(async (code) => code),
      opened.spend(async (code) => code),
    ]);
    expect(sent).toEqual(["111111", "222222"]);
    expect(waits.length).toBe(1);
  });

  test("also where nothing can be remembered", async () => {
    const { opened, waits } = desk({ typed: ["111111", "111111", "222222"], cannotSave: true });
    expect(await opened.spend(async (code) => code)).toBe("111111");
    expect(await opened.spend(async (code) => code)).toBe("222222");
    expect(waits.length).toBe(1);
  });

  test("a wrong one is asked for again twice, where it was typed", async () => {
    const tries: string[] = [];
    const send = async (code: string) => {
      tries.push(code);
      throw refused();
    };
    const typed = ["111111", "222222", "333333", "444444"];
    await expect(desk({ typed }).opened.spend(send)).rejects.toBeInstanceOf(AwsError);
    expect(tries).toEqual(["111111", "222222", "333333"]);
    tries.length = 0;
    await expect(desk({ given: "111111", typed }).opened.spend(send)).rejects.toThrow(
      "invalid MFA",
    );
    expect(tries).toEqual(["111111"]);
  });

  const unsent = (reason: NetworkError["reason"]) => async (): Promise<never> => {
    const cause = new NetworkError(reason, "no connection");
    throw new LetmeError("failed", "no answer", { cause });
  };

  test.each<[NetworkError["reason"], boolean]>([
    ["connect", true],
    ["certificate", true],
    ["proxy", true],
    ["timeout", false],
    ["broken", false],
  ])("one whose request surely never left can be sent again: %s, %p", async (reason, again) => {
    for (const cannotSave of [false, true]) {
      const { opened, codes } = desk({ given: "111111", last: "999999", cannotSave });
      const before = codes();
      await expect(opened.spend(unsent(reason))).rejects.toThrow("no answer");
      if (again) {
        // What was known of the code before it is known again.
        expect(codes()).toEqual(before);
        expect(await opened.spend(async (code) => code)).toBe("111111");
      } else {
        await expect(opened.spend(async (code) => code)).rejects.toThrow("no one to ask");
        const typed = desk({ given: "111111", typed: ["111111", "222222"], cannotSave });
        await expect(typed.opened.spend(unsent(reason))).rejects.toThrow("no answer");
        expect(await typed.opened.spend(async (code) => code)).toBe("222222");
      }
    }
  });

  test("what else goes wrong is not asked for again", async () => {
    let sent = 0;
    const send = async () => {
      sent++;
      throw new LetmeError("failed", "no answer");
    };
    await expect(desk({ typed: ["111111", "222222"] }).opened.spend(send)).rejects.toThrow(
      "no answer",
    );
    expect(sent).toBe(1);
  });
});
