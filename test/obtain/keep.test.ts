import { expect, test } from "bun:test";
import { findKept, lifeLeft, type WrittenProfile } from "../../src/obtain/keep.ts";

const now = new Date("2026-11-22T23:00:00Z");
const whole: WrittenProfile = {
  inCredentials: true,
  inConfig: true,
  expiration: new Date("2026-11-22T23:10:00Z"),
  chain: "5f0c2a91",
  region: "eu-west-1",
};

test.each<[string, WrittenProfile | undefined, number, boolean]>([
  ["ten minutes left of five", whole, 300, true],
  ["ten minutes left of ten", whole, 600, true],
  ["ten minutes left of eleven", whole, 660, false],
  ["no profile", undefined, 300, false],
  ["no credentials block", { ...whole, inCredentials: false }, 300, false],
  ["no config block", { ...whole, inConfig: false }, 300, false],
  ["a command gives them", { ...whole, credentialProcess: "letme obtain a --v1" }, 300, false],
  ["no expiry, as of the original", { inCredentials: true, inConfig: true }, 300, false],
  ["expired", { ...whole, expiration: new Date("2026-11-22T23:00:00Z") }, 0, false],
])("life left: %s", (_, written, minRemaining, expected) => {
  expect(lifeLeft(written, now, minRemaining) !== undefined).toBe(expected);
});

test.each<[string, string, string | undefined, boolean]>([
  ["the same", "5f0c2a91", "eu-west-1", true],
  ["no region in the registry", "5f0c2a91", undefined, true],
  ["another region", "5f0c2a91", "eu-west-2", false],
  ["another chain", "00000000", "eu-west-1", false],
])("stands for: %s", (_, chain, region, expected) => {
  const other = { ...whole, chain: "11111111" };
  const found = findKept([other, whole], { chain, region }, now, 0);
  expect(found).toEqual(
    expected ? { profile: whole, expiration: new Date("2026-11-22T23:10:00Z") } : undefined,
  );
});

test("of those that stand for the same the first one that lasts is taken", () => {
  const longer = { ...whole, expiration: new Date("2026-11-22T23:30:00Z") };
  const wanted = { chain: "5f0c2a91", region: "eu-west-1" };
  expect(findKept([whole, longer], wanted, now, 900)?.profile).toBe(longer);
  expect(findKept([whole, longer], wanted, now, 300)?.profile).toBe(whole);
  expect(findKept([], wanted, now, 0)).toBeUndefined();
});
