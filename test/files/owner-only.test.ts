import { expect, test } from "bun:test";
import { looseMode } from "../../src/files/owner-only.ts";

const status = (mode: number) => ({
  kind: "file" as const,
  ...{ mode, owner: 0, group: 0, size: 0, identity: "1", modifiedMilliseconds: 0, names: 1 },
});

test.each<[number, boolean]>([
  [0o600, false],
  [0o400, false],
  // What its user may do is no business of anybody else's.
  [0o700, false],
  [0o640, true],
  [0o604, true],
  [0o602, true],
  [0o610, true],
])("whether others may use a file of mode %o: %p", (mode, isLoose) => {
  expect(looseMode("linux", status(mode))).toBe(isLoose ? mode : undefined);
  expect(looseMode("win32", status(mode))).toBeUndefined();
});
