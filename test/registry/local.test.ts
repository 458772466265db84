import { describe, expect, test } from "bun:test";
import type { Account, CheckedAccount } from "../../src/registry/account.ts";
import { localRegistry } from "../../src/registry/choose.ts";
import { pickEntries, sortEntries } from "../../src/registry/registry.ts";
import {
  readSnapshotHeader,
  renderSnapshot,
  snapshotRegistry,
} from "../../src/registry/snapshot.ts";
import { readTableNames } from "../../src/registry/table-names.ts";
import { parseAccounts, renderAccount } from "../../src/registry/toml.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { MemoryFiles } from "../support/memory-files.ts";
import { testHost } from "../support/test-host.ts";

const path = "/home/user/.letme/.letme-cache";
const now = new Date("2026-11-22T23:00:00Z");
const place = { table: "accounts", region: "eu-west-1", takenAt: now };

function account(name: string): Account {
  return {
    name,
    id: "1",
    description: undefined,
    regions: ["eu-west-1"],
    roles: ["arn:aws:iam::000000000001:role/role0"],
    tags: [],
    other: {},
  };
}

function local(text: string | undefined, table = "accounts", region = "eu-west-1") {
  const host = testHost({ files: text === undefined ? {} : { [path]: text }, now });
  const settings = readSettings(host, (name) => (name === "table" ? table : undefined));
  return localRegistry(host, settings, region);
}

describe("whether a snapshot is used", () => {
  const text = renderSnapshot([account("a"), account("b")], place);

  test("one of this table and region is", async () => {
    const { registry, notes } = local(text);
    expect(notes).toEqual([]);
    expect(await registry?.find("b")).toEqual({ account: account("b") });
    expect(await registry?.find("c")).toBeUndefined();
    expect((await registry?.list())?.length).toBe(2);
  });

  test.each<[string, ReturnType<typeof local>, RegExp | undefined]>([
    ["none is there", local(undefined), undefined],
    ["of another table", local(text, "other"), /of the table `accounts`/],
    ["of another region", local(text, "accounts", "us-east-1"), /of the region eu-west-1/],
    ["empty", local(""), /is empty/],
    ["without a table", local("\n# nothing\n"), /is empty/],
  ])("not: %s", (_, { registry, notes }, note) => {
    expect(registry).toBeUndefined();
    expect(notes.length).toBe(note === undefined ? 0 : 1);
    if (note !== undefined) expect(notes[0]).toMatch(note);
  });

  test("one of more than a week is, and its age is said", () => {
    const old = { ...place, takenAt: new Date("2026-11-15T22:00:00Z") };
    const { registry, notes } = local(renderSnapshot([account("a")], old));
    expect(registry).toBeDefined();
    expect(notes[0]).toContain("the snapshot is 7 days old");
  });

  test.each([
    ["2026-11-23T22:00:00Z", undefined],
    [
      "2026-11-24T00:00:00Z",
      "the snapshot is dated 2026-11-24T00:00:00.000Z, which is yet to come",
    ],
  ])("one of the future is, and from a day on that is said: %s", (takenAt, note) => {
    const { registry, notes } = local(
      renderSnapshot([account("a")], { ...place, takenAt: new Date(takenAt) }),
    );
    expect(registry).toBeDefined();
    expect(notes.length).toBe(note === undefined ? 0 : 1);
    if (note !== undefined) expect(notes[0]).toContain(note);
  });
});

describe("what init left out", () => {
  const leftOut = [
    { name: "bad", label: "bad", attribute: "role", problem: "is missing or empty" },
    { name: undefined, label: "id \u007f5", attribute: "name", problem: "is missing" },
  ];
  const text = renderSnapshot([account("a"), account("c")], place, leftOut);

  test("is told from the snapshot as from the table", async () => {
    const { registry } = local(text);
    expect(await registry?.find("bad")).toEqual(leftOut[0]);
    expect((await registry?.findMany(["a", "bad", "no"]))?.get("bad")).toEqual(leftOut[0]);
    expect(sortEntries((await registry?.list()) ?? []).unsound).toEqual(leftOut);
    expect(parseAccounts(text).length).toBe(2);
  });

  test("does not count where somebody put the account in by hand", async () => {
    const { registry } = local(`${text}\n[bad]\nrole = "arn:aws:iam::000000000001:role/r"\n`);
    expect(await registry?.find("bad")).toMatchObject({ account: { name: "bad" } });
    expect(sortEntries((await registry?.list()) ?? []).unsound).toEqual(leftOut.slice(1));
  });

  test("is all there, however much it is", async () => {
    const many = Array.from({ length: 500 }, (_, index) => {
      const name = `${index}${"x".repeat(3000)}`;
      return { name, label: name, attribute: "role", problem: "y".repeat(3000) };
    });
    const { registry } = local(renderSnapshot([account("a")], place, many));
    expect(await registry?.find("a")).toEqual({ account: account("a") });
    expect((await registry?.list())?.length).toBe(501);
    expect(await registry?.find("nobody")).toBeUndefined();
  });

  test("is a comment like any other where it was changed by hand", async () => {
    const { registry } = local(
      text.replace('"is missing"', "is missing").replace('["bad",', "[5,"),
    );
    expect((await registry?.list())?.length).toBe(2);
  });
});

test("an account that was put in by hand, out of order, is found all the same", async () => {
  const text = renderSnapshot(
    Array.from({ length: 1000 }, (_, index) => account(`b${index}`)),
    place,
  );
  const files = testHost({
    files: { [path]: `${text}\n[a]\nrole = "arn:aws:iam::000000000009:role/by-hand"\n` },
  }).files;
  const header = readSnapshotHeader(files, path);
  if (header === undefined) throw new Error("no header");
  const registry = snapshotRegistry(files, path, header);
  expect(await registry.find("a")).toMatchObject({ account: { name: "a" } });
  expect(await registry.find("b999")).toMatchObject({ account: { name: "b999" } });
});

test.each<[string, readonly string[], number]>([
  ["found without reading all of it", ["b0", "b999"], 0],
  ["some of them not in it", ["b0", "x", "y", "z", "b999"], 1],
  ["more than are looked up one by one", Array.from({ length: 60 }, (_, one) => `b${one}`), 1],
])("many names: %s", async (_, names, reads) => {
  const accounts = Array.from({ length: 1000 }, (__, index) => account(`b${index}`));
  const { files } = testHost({ files: { [path]: renderSnapshot(accounts, place) } });
  let count = 0;
  const counted = {
    ...files,
    status: files.status.bind(files),
    openForRead: files.openForRead.bind(files),
    read: (...args: Parameters<typeof files.read>) => {
      count++;
      return files.read(...args);
    },
  };
  const header = readSnapshotHeader(counted, path);
  if (header === undefined) throw new Error("no header");
  const found = await snapshotRegistry(counted, path, header).findMany(names);
  expect([...found.keys()].toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    const expected = name.startsWith("b") ? { account: { name } } : undefined;
    if (expected === undefined) expect(found.get(name)).toBeUndefined();
    else expect(found.get(name)).toMatchObject(expected);
  }
  expect(count).toBe(reads);
});

test("a snapshot that is no TOML any more says where", async () => {
  for (const text of [`${renderSnapshot([account("a")], place)}\n[broken\n`, "foo = ["]) {
    const { registry } = local(text);
    if (registry === undefined) throw new Error("not used");
    await expect(registry.find("zzz")).rejects.toThrow(/\.letme-cache:\d+:\d+: /);
  }
});

describe("one name twice", () => {
  const role = (number: number) => `arn:aws:iam::00000000000${number}:role/r`;
  const entries: readonly CheckedAccount[] = [
    { account: { ...account("a"), roles: [role(1)] } },
    { account: account("b") },
    { account: { ...account("a"), roles: [role(2)] } },
  ];

  test("is left out of lists and snapshots, and said", () => {
    const { accounts, unsound } = sortEntries(entries);
    expect(accounts.map((one) => one.name)).toEqual(["b"]);
    expect(unsound).toEqual([
      { name: "a", label: "a", attribute: "name", problem: "is that of another entry too" },
    ]);
  });

  test("a malformed entry of that name counts too, as it does when one is looked up", () => {
    const mixed: readonly CheckedAccount[] = [
      { account: account("a") },
      { name: "a", label: "a", attribute: "role", problem: "is missing or empty" },
    ];
    expect(sortEntries(mixed).accounts).toEqual([]);
    expect(pickEntries(mixed, ["a"]).get("a")).toMatchObject({ attribute: "name" });
  });

  test("is nobody's when it is looked up", () => {
    const found = pickEntries(entries, ["a", "b", "c"]);
    expect(found.get("a")).toMatchObject({ attribute: "name" });
    expect(found.get("b")).toEqual({ account: account("b") });
    expect(found.get("c")).toBeUndefined();
  });

  test("a name may be what an entry without one is called in messages", () => {
    const nameless = { name: undefined, label: "id 5", attribute: "name", problem: "is missing" };
    const mixed: readonly CheckedAccount[] = [nameless, { account: account("id 5") }, nameless];
    expect(sortEntries(mixed)).toEqual({
      accounts: [account("id 5")],
      unsound: [nameless, nameless],
    });
    expect(pickEntries(mixed, ["id 5"]).get("id 5")).toEqual({ account: account("id 5") });
  });

  test.each([2, 3000])("in a snapshot of %d accounts it is nobody's", async (count) => {
    const others = Array.from({ length: count }, (_, index) => account(`b${index}`));
    for (const name of ["b1", `b${count - 1}`]) {
      const { registry } = local(renderSnapshot([...others, account(name)], place));
      await expect(registry?.find(name)).rejects.toThrow(/\.letme-cache:\d+:\d+: /);
    }
  });

  test("numbers longer than a double holds are taken as they are", () => {
    const more = "other = 12345678901234567890";
    expect(
      parseAccounts(`[a]\nid = 9007199254740993\n${more}\nrole = "${role(1)}"\n`),
    ).toMatchObject([
      { account: { id: "9007199254740993", other: { other: "12345678901234567890" } } },
    ]);
  });

  test("a list with other than strings in it is called that", () => {
    expect(parseAccounts(`[a]\nrole = ["${role(1)}", 1]\n`)).toMatchObject([
      { problem: "must be a list of role ARNs, not a list with other than strings in it" },
    ]);
  });

  test("a table in a file that names another account is malformed", () => {
    expect(parseAccounts(`[a]\nname = "b"\nrole = "${role(1)}"\n`)).toMatchObject([
      { label: "a", attribute: "name" },
    ]);
  });
});

describe("how old a snapshot is", () => {
  const day = 24 * 3600 * 1000;
  const taken = (days: number) =>
    renderSnapshot([account("a")], { ...place, takenAt: new Date(now.getTime() - days * day) });

  test.each([
    [0, []],
    [6.9, []],
    [7, []],
    [7.1, ["the snapshot is 7 days old: `letme init` takes a new one, `--no-cache` goes without"]],
    [30, ["the snapshot is 30 days old: `letme init` takes a new one, `--no-cache` goes without"]],
  ])("after %d days", (days, notes) => {
    expect(local(taken(days)).notes).toEqual(notes);
  });

  test.each<[string, string, number]>([
    ["its header says", taken(8), 8],
    ["its file's time says where it has no header", renderAccount(account("a")), 20],
    [
      "its file's time says where the header does not",
      `# table: accounts\n${renderAccount(account("a"))}`,
      20,
    ],
  ])("is what %s", (_, text, days) => {
    const files = new MemoryFiles();
    files.put(path, text);
    const node = files.nodes.get(path);
    if (node !== undefined) node.modified = now.getTime() - 20 * day;
    const header = readSnapshotHeader(files, path);
    expect(header?.takenAt).toEqual(new Date(now.getTime() - days * day));
  });
});

test("a table of a snapshot that is no TOML any more says where, when it is asked for", async () => {
  const text = renderSnapshot([account("a"), account("b"), account("c")], place);
  const line = text.split("\n").indexOf("[b]") + 2;
  const { registry } = local(text.replace("[b]\n", "[b]\nbroken = = 1\n"));
  await expect(registry?.find("b")).rejects.toThrow(new RegExp(`\\.letme-cache:${line}:\\d+: `));
  expect(await registry?.find("a")).toEqual({ account: account("a") });
});

test.each(["0", "1", "012345678901", "000000000001", "123456789012", "1234567890123456", "x"])(
  "an account with the id %s comes back from the snapshot with it",
  (id) => {
    const one = { ...account("a"), id };
    expect(parseAccounts(renderAccount(one))).toEqual([{ account: one }]);
  },
);

describe("names for somebody who presses Tab", () => {
  test("are those of the tables", () => {
    const text = "[a]\n['b c'] # x\n  [no]\n[\"d\"]\nx = 1\n[[e]]\n";
    const { files } = testHost({ files: { [path]: text } });
    expect(readTableNames(files, path)).toEqual(["a", "b c", "d"]);
    expect(readTableNames(files, "/nowhere")).toEqual([]);
  });

  test("are not read from what is no file, which may never end", () => {
    const { files } = testHost({ files: { [path]: "[a]\n" } });
    const status = files.status(path);
    if (status === undefined) throw new Error("no file");
    const read = () => {
      throw new Error("it was read");
    };
    const pipe = Object.assign(Object.create(files), {
      status: () => ({ ...status, kind: "other" }),
      read,
    });
    expect(readTableNames(pipe, path)).toEqual([]);
  });
});
