import { expect, test } from "bun:test";
import { isJustEmptied } from "../../src/files/just-emptied.ts";
import { testHost } from "../support/test-host.ts";

const now = new Date("2026-11-22T23:00:00Z");
const host = testHost({ now });
const status = { kind: "file", mode: 0o600, owner: 0, group: 0, identity: "1", names: 1 } as const;

test.each<[string, number, number, boolean]>([
  ["emptied just now", 0, 0, true],
  ["emptied 999 ms ago", 0, 999, true],
  ["empty for longer", 0, 1000, false],
  ["of a time that is yet to come", 0, -1, false],
  ["with something in it", 1, 0, false],
])("a file %s", (_, size, age, expected) => {
  const modifiedMilliseconds = now.getTime() - age;
  expect(isJustEmptied(host, { ...status, size, modifiedMilliseconds })).toBe(expected);
  expect(isJustEmptied(host, { ...status, kind: "other", size, modifiedMilliseconds })).toBe(false);
});

test("no file", () => {
  expect(isJustEmptied(host, undefined)).toBe(false);
});
