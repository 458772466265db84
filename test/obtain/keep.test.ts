import { expect, test } from "bun:test";
import {
  findKept,
  lifeLeft,
  type WantedProfile,
  type WrittenProfile,
} from "../../src/obtain/keep.ts";

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

const digest = `5f0c2a91${"0".repeat(56)}`;
const owner = { account: "000000000001", context: "general" };

test.each<[string, string, string | undefined, boolean]>([
  ["the same", digest, "eu-west-1", true],
  ["no region in the registry", digest, undefined, true],
  ["another region", digest, "eu-west-2", false],
  ["another chain", `00000000${digest.slice(8)}`, "eu-west-1", false],
])("stands for: %s", (_, chain, region, expected) => {
  const other = { ...whole, chain: "11111111" };
  const found = findKept([other, whole], { chain, region, owner }, now, 0);
  expect(found).toEqual(
    expected ? { profile: whole, expiration: new Date("2026-11-22T23:10:00Z") } : undefined,
  );
});

test.each<[string, Partial<WrittenProfile>, WantedProfile["owner"], boolean]>([
  ["all of it", { chain: digest, owner }, owner, true],
  ["all of it but the end", { chain: `${digest.slice(0, -1)}1`, owner }, owner, false],
  ["of another context", { owner: { ...owner, context: "other" } }, owner, false],
  ["of another account", { owner: { ...owner, account: "000000000002" } }, owner, false],
  ["of another context, the account unknown", { owner }, { context: "other" }, false],
  ["of the same context, the account unknown", { owner }, { context: "general" }, true],
  ["of nobody known", {}, owner, true],
])("a chain that begins alike is another's: %s", (_, change, wanted, expected) => {
  const ask = { chain: digest, region: undefined, owner: wanted };
  expect(findKept([{ ...whole, ...change }], ask, now, 0) !== undefined).toBe(expected);
});

test("of those that stand for the same the first one that lasts is taken", () => {
  const longer = { ...whole, expiration: new Date("2026-11-22T23:30:00Z") };
  const wanted = { chain: digest, region: "eu-west-1", owner };
  expect(findKept([whole, longer], wanted, now, 900)?.profile).toBe(longer);
  expect(findKept([whole, longer], wanted, now, 300)?.profile).toBe(whole);
  expect(findKept([], wanted, now, 0)).toBeUndefined();
});
