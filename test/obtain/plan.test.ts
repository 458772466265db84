import { describe, expect, test } from "bun:test";
import { type PlanOptions, planChain } from "../../src/obtain/plan.ts";
import { defaultSessionName } from "../../src/obtain/session-name.ts";
import type { Account } from "../../src/registry/account.ts";

const arn = (number: number) => `arn:aws:iam::00000000000${number}:role/role${number}`;

function account(roles: readonly string[], name = "example1"): Account {
  return { name, id: undefined, description: undefined, regions: [], roles, tags: [], other: {} };
}

const options: PlanOptions = {
  contextName: "general",
  sourceIdentity: "profile default",
  sourceIsTemporary: false,
  ownStsUrl: undefined,
  sessionName: undefined,
  durationSeconds: 14_400,
};

describe("durations", () => {
  test("a single role from long-term keys lasts as long as was asked", () => {
    const chain = planChain(account([arn(1)]), options);
    expect(chain.hops).toEqual([
      { roleArn: arn(1), roleSessionName: "example1-letme-session", durationSeconds: 14_400 },
    ]);
    expect(chain.capped).toBe(false);
  });

  test("a chain, and a role from temporary keys, last one hour", () => {
    const chain = planChain(account([arn(1), arn(2)]), options);
    expect(chain.hops.map((hop) => hop.durationSeconds)).toEqual([3600, 3600]);
    expect(chain.capped).toBe(true);
    expect(planChain(account([arn(1)]), { ...options, sourceIsTemporary: true }).capped).toBe(true);
  });

  test("less than an hour is no matter of a cap", () => {
    const chain = planChain(account([arn(1), arn(2)]), { ...options, durationSeconds: 900 });
    expect(chain.hops.at(-1)?.durationSeconds).toBe(900);
    expect(chain.capped).toBe(false);
  });
});

describe("the fingerprint", () => {
  const base = planChain(account([arn(1), arn(2)]), options).fingerprint;

  test("is eight hexadecimal digits, the same for the same", () => {
    expect(base).toMatch(/^[0-9a-f]{8}$/);
    const { digest } = planChain(account([arn(1), arn(2)]), options);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digest).toStartWith(base);
    expect(planChain(account([arn(1), arn(2)]), options).fingerprint).toBe(base);
    // Profiles that are there stay what they are.
    expect(base).toBe("e47c2fc7");
  });

  test.each<[string, Account, Partial<PlanOptions>]>([
    ["the context", account([arn(1), arn(2)]), { contextName: "other" }],
    ["the source", account([arn(1), arn(2)]), { sourceIdentity: "profile x" }],
    ["the roles", account([arn(1), arn(3)]), {}],
    ["their order", account([arn(2), arn(1)]), {}],
    ["the session name", account([arn(1), arn(2)]), { sessionName: "me" }],
    ["the duration", account([arn(1), arn(2)]), { durationSeconds: 900 }],
    ["the endpoint of STS", account([arn(1), arn(2)]), { ownStsUrl: "https://sts.example.com" }],
  ])("is another for another: %s", (_, one, change) => {
    expect(planChain(one, { ...options, ...change }).fingerprint).not.toBe(base);
  });
});

test.each([
  ["example1", "example1-letme-session"],
  ["my account/é", "my-account---letme-session"],
  ["a".repeat(100), `${"a".repeat(50)}-letme-session`],
])("the default session name of %p is fit for STS", (name, expected) => {
  expect(defaultSessionName(name)).toBe(expected);
  expect(expected).toMatch(/^[\w+=,.@-]{2,64}$/);
});

test("less than an hour is the last hop's matter; those before it last an hour", () => {
  const chain = planChain(account([arn(1), arn(2), arn(3)]), { ...options, durationSeconds: 900 });
  expect(chain.hops.map((hop) => hop.durationSeconds)).toEqual([3600, 3600, 900]);
});

// The first 8 digits of the SHA-256 of `["general","profile default","example1-letme-session", …]`.
test.each<[string, readonly string[], Partial<PlanOptions>, string]>([
  ["one role", [arn(1)], {}, "9f735729"],
  ["a chain", [arn(1), arn(2)], {}, "e47c2fc7"],
  ["a session name", [arn(1)], { sessionName: "me", contextName: "other" }, "5fecec32"],
])("the fingerprint that stands in users' files: %s", (_, roles, change, expected) => {
  expect(planChain(account(roles), { ...options, ...change }).fingerprint).toBe(expected);
});
