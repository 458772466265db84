import { describe, expect, test } from "bun:test";
import {
  decodeState,
  emptyState,
  encodeState,
  type State,
  sweep,
} from "../../src/state/content.ts";
import { openState } from "../../src/state/state.ts";
import { MemoryFiles, memoryHost } from "../support/memory-files.ts";

const now = new Date(Date.UTC(2026, 10, 22, 23, 0, 0));
const step = Math.floor(now.getTime() / 30_000);
const path = "/home/u/.letme/state.json";

const credentials = (expiration: string) => ({
  kind: "hop" as const,
  label: "arn:aws:iam::000000000222:role/bastion",
  source: "AKIA…0001",
  region: "eu-west-1",
  accessKeyId: "ASIA",
  secretAccessKey: "secret",
  sessionToken: "token",
  expiration,
});

const state: State = {
  scans: { old: { until: "2026-11-22T23:00:00Z" }, new: { until: "2026-11-22T23:00:01Z" } },
  lookups: {
    old: { chain: "00000000", region: undefined, until: "2026-11-22T22:59:59Z" },
    new: { chain: "5f0c2a91", region: "eu-west-1", until: "2026-11-22T23:00:01Z" },
  },
  credentials: {
    old: credentials("2026-11-22T23:00:00Z"),
    new: credentials("2026-11-22T23:30:00Z"),
  },
  codes: { old: { hash: "a", step: step - 10 }, new: { hash: "b", step } },
};

describe("the content", () => {
  test("reads back as it was written", () => {
    expect(decodeState(encodeState(state))).toEqual(state);
    expect(decodeState(encodeState(emptyState))).toEqual(emptyState);
  });

  test("credentials that no header, file or shell can hold are as good as none", () => {
    for (const bad of [
      { sessionToken: "a\nb" },
      { secretAccessKey: "#a" },
      { accessKeyId: "a b" },
    ]) {
      const { credentials } = state;
      const worse = {
        ...state,
        credentials: { ...credentials, bad: { ...credentials["new"], ...bad } },
      };
      expect(decodeState(encodeState(worse as State))).toEqual(state);
    }
  });

  test("what has run out is swept, credentials by AWS's time", () => {
    const swept = sweep(state, now, now);
    for (const member of [swept.scans, swept.lookups, swept.credentials, swept.codes]) {
      expect(Object.keys(member)).toEqual(["new"]);
    }
    const later = sweep(state, now, new Date("2026-11-22T23:30:00Z"));
    expect([later.lookups, later.credentials]).toEqual([swept.lookups, {}]);
    expect(sweep(state, now, "unknown").credentials).toEqual(state.credentials);
  });

  test.each<[string, ReturnType<typeof decodeState>]>([
    ["", "damaged"],
    ["{", "damaged"],
    ["[]", "damaged"],
    ["null", "damaged"],
    ["{}", "damaged"],
    ['{"version":2,"anything":1}', "newer"],
    ['{"version":1}', emptyState],
    // What another letme has beside it does not matter.
    ['{"version":1,"tableKeys":{"a":"name"}}', emptyState],
    ['{"version":1,"scans":{"a":{}}}', "damaged"],
    ['{"version":1,"credentials":{"a":{}}}', "damaged"],
    ['{"version":1,"credentials":[]}', "damaged"],
    ['{"version":1,"codes":{"a":{"hash":"x","step":"1"}}}', "damaged"],
    ['{"version":1,"lookups":{"a":{"chain":"x","until":"never"}}}', "damaged"],
  ])("%s", (text, expected) => {
    expect(decodeState(text)).toEqual(expected);
  });
});

describe("the file", () => {
  function open(text?: string, awsTime?: Parameters<typeof openState>[3]) {
    const files = new MemoryFiles();
    if (text !== undefined) files.put(path, text);
    const warnings: string[] = [];
    const warn = (warning: string) => warnings.push(warning);
    return { files, warnings, file: openState(memoryHost(files), path, warn, awsTime) };
  }

  test("none is an empty one, and is not made by reading", async () => {
    const { files, warnings, file } = open();
    expect(await file.read()).toEqual(emptyState);
    expect(files.read(path)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test("a change keeps what others wrote, and sweeps", async () => {
    const { file } = open(encodeState(state));
    expect(
      await file.update((one) => ({
        ...one,
        scans: { ...one.scans, b: { until: "2026-11-23T00:00:00Z" } },
      })),
    ).toBe(true);
    const read = await file.read();
    expect(Object.keys(read.scans)).toEqual(["new", "b"]);
    expect(Object.keys(read.credentials)).toEqual(["new"]);
  });

  test("what is saved just now stays, whatever time it is", async () => {
    const { file, files } = open(encodeState(state));
    const fresh = credentials("2026-11-22T20:00:00Z");
    await file.update((one) => ({ ...one, credentials: { ...one.credentials, fresh } }));
    expect((await file.read()).credentials).not.toHaveProperty("fresh");
    const text = Buffer.from(files.read(path) ?? []).toString();
    const byAws = open(text, () => new Date("2026-11-22T19:00:00Z"));
    expect((await byAws.file.read()).credentials).toHaveProperty("fresh");
  });

  test("where AWS's time cannot be known, credentials stay in the file", async () => {
    const { file, files } = open(encodeState(state), "unknown");
    await file.update((one) => ({ ...one, scans: {} }));
    const kept = decodeState(Buffer.from(files.read(path) ?? []).toString());
    expect(kept).toMatchObject({ credentials: state.credentials });
    expect(kept).toMatchObject({ codes: { new: { hash: "b", step } } });
    expect(Object.keys((await file.read()).credentials)).toEqual(["new"]);
  });

  test("a change clears away what a killed run left, also where a link leads to the file", async () => {
    const { files, file } = open();
    files.put("/real/state.json", encodeState(emptyState));
    files.putLink(path, "/real/state.json");
    files.put("/real/.state.json.letme-4-0123456789.tmp", "secrets");
    files.put("/real/.state.json.letme-backup.tmp", "the user's");
    expect(await file.update((one) => one)).toBe(true);
    expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([
      "/real/.state.json.letme-backup.tmp",
    ]);
    expect(files.nodes.get(path)?.kind).toBe("link");
  });

  test.each(["linux", "win32"] as const)(
    "is closed to others when it is read: %s",
    async (platform) => {
      const files = new MemoryFiles();
      const warnings: string[] = [];
      files.put(path, encodeState(state), 0o644);
      const file = openState(memoryHost(files, platform), path, (w) => warnings.push(w));
      expect(Object.keys((await file.read()).credentials)).toEqual(["new"]);
      // On Windows modes mean nothing.
      expect(files.mode(path)).toBe(platform === "win32" ? 0o644 : 0o600);
      expect(warnings).toEqual(
        platform === "win32" ? [] : [`${path} could be read by others (mode 0644): it is 0600 now`],
      );
    },
  );

  test("one that cannot be closed is read all the same, and said", async () => {
    const { files, warnings, file } = open();
    files.put(path, encodeState(state), 0o604);
    files.beforeOperation = (_, name) => (name === "chmod" ? { errno: "EPERM" } : undefined);
    expect(Object.keys((await file.read()).credentials)).toEqual(["new"]);
    expect(warnings).toEqual([`${path} can be read by others (mode 0604), and cannot be closed`]);
  });

  describe("what was set aside", () => {
    const aside = `${path}.set-aside`;

    test("is closed to others before it is moved", async () => {
      const { files, file } = open();
      files.put(path, "{", 0o644);
      await file.read();
      expect(files.mode(aside)).toBe(0o600);
      const names = files.operations.filter((name) => /chmod|rename/.test(name));
      expect(names.map((name) => name.split(" ")[0])).toEqual(["chmod", "rename"]);
    });

    test.each([
      ["stays while its credentials may be valid, closed to others", 35, 0o600],
      ["goes at a change when they cannot be", 37, undefined],
      ["goes when it is from a time to come", -37, undefined],
    ])("%s", async (_, hours, mode) => {
      const { files, file } = open(encodeState(state));
      files.put(aside, "{", 0o644);
      const node = files.nodes.get(aside);
      if (node !== undefined) node.modified = now.getTime() - hours * 3_600_000;
      expect(await file.update((one) => one)).toBe(true);
      expect(files.mode(aside)).toBe(mode);
    });

    test("goes when all is to be forgotten", async () => {
      const { files, file } = open("{");
      await file.read();
      expect(files.paths()).toContain(aside);
      await file.forgetSetAside();
      expect(files.paths()).not.toContain(aside);
      await file.forgetSetAside();
    });
  });

  test.each([
    ["{", "damaged"],
    ['{"version":7}', "of a newer letme"],
  ])("%s is set aside with one warning", async (text, what) => {
    const { files, warnings, file } = open(text);
    expect(await file.read()).toEqual(emptyState);
    expect(await file.read()).toEqual(emptyState);
    expect(warnings).toEqual([
      `what letme remembered is ${what}, and was set aside as ${path}.set-aside`,
    ]);
    expect(Buffer.from(files.read(`${path}.set-aside`) ?? []).toString()).toBe(text);
    expect(await file.update((one) => one)).toBe(true);
  });
});

test("a state file that others could read is its user's alone behind the next change", async () => {
  const files = new MemoryFiles();
  files.put(path, encodeState(emptyState), 0o644);
  const file = openState(memoryHost(files), path, () => undefined);
  expect(await file.update((one) => one)).toBe(true);
  expect(files.mode(path)).toBe(0o600);
});

test("a code is kept for as long as AWS may have to do with it", () => {
  const codes = Object.fromEntries(
    [-1, 0, 1, 2, 9, 10, 11].map((ago) => [ago, { hash: "a", step: step - ago }]),
  );
  const kept = Object.keys(sweep({ ...emptyState, codes }, now, now).codes).map(Number);
  expect(kept.toSorted((one, other) => one - other)).toEqual([-1, 0, 1, 2, 9]);
});
