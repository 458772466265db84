import { expect, test } from "bun:test";
import { checkExpiry } from "../../src/source/expiry.ts";
import type { SourceCredentials } from "../../src/source/source.ts";

const end = new Date("2026-11-22T23:00:00Z");
const profile = { name: "dev", properties: new Map(), get: () => undefined } as never;

function failureOf(found: Partial<SourceCredentials>, now: Date): unknown {
  const credentials = { accessKeyId: "A", secretAccessKey: "s", expiration: end };
  const whole = { credentials, kind: "static-keys", profiles: ["dev"], roles: [], origin: "it" };
  try {
    checkExpiry({ ...whole, ...found } as SourceCredentials, now, profile);
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each<[string, Partial<SourceCredentials>, RegExp]>([
  ["keys that letme wrote", {}, /^letme wrote them: `letme obtain dev` gets new ones/],
  ["a role that was assumed with keys", { roles: ["arn"] }, /^get new ones where these came from/],
  ["a role behind SSO", { kind: "sso", roles: ["arn"] }, /^get new ones where these came from/],
  ["SSO", { kind: "sso" }, /^sign in again: `aws sso login --profile dev`/],
  ["the environment", { kind: "environment" }, /^get new ones where these came from/],
])("expired: %s", (_, found, hint) => {
  expect(failureOf(found, new Date(end.getTime() - 1))).toBeUndefined();
  expect(failureOf(found, end)).toMatchObject({
    kind: "credentials",
    message: "the credentials of it expired at 2026-11-22T23:00:00.000Z",
    hint: expect.stringMatching(hint),
  });
});
