import { describe, expect, test } from "bun:test";
import type { ReadHandle } from "../../src/host.ts";
import type { Account } from "../../src/registry/account.ts";
import { renderSnapshot } from "../../src/registry/snapshot.ts";
import { findTable } from "../../src/registry/sorted-tables.ts";
import { headerLine, parseAccounts } from "../../src/registry/toml.ts";

function handleOf(text: string): ReadHandle & { reads: number; bytes: number } {
  const content = Buffer.from(text);
  const handle = {
    size: content.length,
    reads: 0,
    bytes: 0,
    readAt(position: number, length: number) {
      handle.reads++;
      const part = content.subarray(position, position + length);
      handle.bytes += part.length;
      return part;
    },
    close() {},
  };
  return handle;
}

function account(name: string): Account {
  return {
    name,
    id: "1",
    description: `about [${name}] and "more"\n[not-a-table]`,
    regions: ["eu-west-1"],
    roles: ["arn:aws:iam::000000000001:role/role0"],
    tags: ["prod", `of ${name}`],
    other: {},
  };
}

const place = { table: "t", region: "eu-west-1", takenAt: new Date("2026-11-22T23:22:40Z") };

describe.each([1, 10, 1000, 20_000])("a snapshot of %d accounts", (count) => {
  const names = Array.from({ length: count }, (_, index) => `account ${index * 7919} "é".x`);
  const text = renderSnapshot(names.map(account), place);
  const looked = count > 1000 ? names.filter((_, index) => index % 997 === 0) : names;

  test("every account is found by halving, and whole", () => {
    for (const name of looked) {
      const table = findTable(handleOf(text), headerLine(name));
      expect(parseAccounts(table ?? "")).toEqual([{ account: account(name) }]);
    }
  });

  test("what is not there is not found", () => {
    for (const name of ["", "a", "account 1", "zzz", "account 7919"]) {
      expect(findTable(handleOf(text), headerLine(name))).toBeUndefined();
    }
  });

  test("few bytes are read, however many accounts there are", () => {
    const handle = handleOf(text);
    findTable(handle, headerLine(names.at(-1) ?? ""));
    expect(handle.bytes).toBeLessThan(250_000);
  });
});

test("an account longer than any chunk is found, and its neighbours", () => {
  const long = { ...account("m"), description: "x".repeat(100_000) };
  const text = renderSnapshot([account("a"), long, account("z")], place);
  for (const one of [account("a"), long, account("z")]) {
    const table = findTable(handleOf(text), headerLine(one.name));
    expect(parseAccounts(table ?? "")).toEqual([{ account: one }]);
  }
});
