import { expect, test } from "bun:test";
import { insideEnvironment, outsideEnvironment } from "../../src/commands/exec-environment.ts";

const account = {
  accountName: "example1",
  region: "us-east-1",
  credentials: {
    accessKeyId: "ASIAINSIDE",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: new Date("2026-11-23T00:22:40Z"),
  },
};

test("the program gets the account's credentials, and nothing that comes before them", () => {
  const env = {
    PATH: "/bin",
    AWS_PROFILE: "dev",
    AWS_SECURITY_TOKEN: "old",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL: "https://example.com",
    LETME_MFA_TOKEN: "123456",
  };
  const inside = insideEnvironment(env, account);
  expect(inside).toMatchObject({
    PATH: "/bin",
    AWS_ENDPOINT_URL: "https://example.com",
    AWS_ACCESS_KEY_ID: "ASIAINSIDE",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_SESSION_TOKEN: "t",
    AWS_CREDENTIAL_EXPIRATION: "2026-11-23T00:22:40Z",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    LETME_EXEC: "example1",
  });
  for (const name of [
    "AWS_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "LETME_MFA_TOKEN",
  ]) {
    expect(name in inside).toBe(false);
  }
});

test.each<
  [string, Record<string, string>, Record<string, string>, Record<string, string | undefined>]
>([
  [
    "a profile",
    { AWS_PROFILE: "dev", AWS_REGION: "eu-west-1" },
    {},
    { AWS_PROFILE: "dev", AWS_REGION: "eu-west-1" },
  ],
  [
    "the default profile",
    {},
    {},
    { AWS_PROFILE: undefined, AWS_REGION: undefined, AWS_ACCESS_KEY_ID: undefined },
  ],
  [
    "keys of the environment, which are gone",
    { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "x" },
    {},
    { AWS_ACCESS_KEY_ID: "ASIAINSIDE", AWS_SESSION_TOKEN: "t" },
  ],
  [
    "keys that were set since",
    { AWS_PROFILE: "dev" },
    { AWS_ACCESS_KEY_ID: "AKIANEW" },
    { AWS_ACCESS_KEY_ID: "AKIANEW", AWS_PROFILE: undefined },
  ],
  [
    "a profile that was set since",
    { AWS_PROFILE: "dev" },
    { AWS_PROFILE: "other" },
    { AWS_PROFILE: "other", AWS_ACCESS_KEY_ID: undefined },
  ],
  [
    "something else in its place",
    {},
    { LETME_EXEC_OUTER: "[" },
    { AWS_ACCESS_KEY_ID: "ASIAINSIDE" },
  ],
])("a letme inside starts from %s", (_, outside, since, expected) => {
  const seen = outsideEnvironment({ ...insideEnvironment(outside, account), ...since });
  for (const [name, value] of Object.entries(expected)) expect(seen[name]).toBe(value);
});
