import { describe, expect, test } from "bun:test";
import { checkAccount, type RawAccount } from "../../src/registry/account.ts";

const role = "arn:aws:iam::000000000001:role/role0";
const sound: RawAccount = { name: "example1", id: 1, region: ["eu-west-1"], role: [role] };

describe("sound entries", () => {
  test("an item of the original's form", () => {
    expect(checkAccount({ ...sound, description: "the first", team: "x" })).toEqual({
      account: {
        name: "example1",
        id: "1",
        description: "the first",
        regions: ["eu-west-1"],
        roles: [role],
        tags: [],
        other: { team: "x" },
      },
    });
  });

  test.each<[string, RawAccount, object]>([
    [
      "one role and one region as strings",
      { ...sound, role, region: "eu-west-1" },
      { roles: [role] },
    ],
    ["an id as a string", { ...sound, id: "012345678901" }, { id: "012345678901" }],
    ["a region of a partition to come", { ...sound, region: "euxy-a2-north-12" }, {}],
    ["a long chain", { ...sound, role: Array(16).fill(role) }, {}],
    ["no region", { name: "a", role }, { regions: [] }],
    ["tags as a list", { ...sound, tags: ["prod", "eu"] }, { tags: ["prod", "eu"], other: {} }],
    ["one tag as a string", { ...sound, tags: "prod" }, { tags: ["prod"], other: {} }],
    ["tags of another kind", { ...sound, tags: 7 }, { tags: [], other: { tags: 7 } }],
    ["tags as a map", { ...sound, tags: { unfit: "a map" } }, { tags: [], other: {} }],
    ["a path in the role", { ...sound, role: "arn:aws-us-gov:iam::000000000001:role/a/b/c" }, {}],
    ["a name that is no profile name, but can be shown", { ...sound, name: "my account é" }, {}],
  ])("%s", (_, raw, expected) => {
    expect(checkAccount(raw)).toMatchObject({ account: expected });
  });

  test("an attribute named __proto__ stays an attribute", () => {
    const raw = JSON.parse(`{"name":"a","role":"${role}","__proto__":"x"}`);
    const checked = checkAccount(raw);
    expect("account" in checked && Object.keys(checked.account.other)).toEqual(["__proto__"]);
  });
});

test.each<[string, RawAccount, string]>([
  ["no name", { role }, "name"],
  ["an empty name", { ...sound, name: "" }, "name"],
  ["a number as name", { ...sound, name: 5 }, "name"],
  ["a line feed in the name", { ...sound, name: "a\n[default]" }, "name"],
  ["an escape sequence in the name", { ...sound, name: "\u001b[2J" }, "name"],
  ["a turned reading direction in the name", { ...sound, name: "a\u202eb" }, "name"],
  ["a name without end", { ...sound, name: "a".repeat(129) }, "name"],
  ["no role", { name: "a" }, "role"],
  ["an empty list of roles", { ...sound, role: [] }, "role"],
  ["a role of another type", { ...sound, role: { unfit: "a value of DynamoDB's type M" } }, "role"],
  ["more roles than any chain has", { ...sound, role: Array(17).fill(role) }, "role"],
  ["a user's ARN", { ...sound, role: "arn:aws:iam::000000000001:user/u" }, "role"],
  ["a line feed in a role", { ...sound, role: `${role}\nx` }, "role"],
  ["a region with a host in it", { ...sound, region: "x.example.com/" }, "region"],
  ["the region of a DynamoDB on the user's machine", { ...sound, region: "local" }, "region"],
  [
    "a main region that is no region of AWS's",
    { ...sound, region: ["localhost", "eu-west-1"] },
    "region",
  ],
  ["another region that is no label", { ...sound, region: ["eu-west-1", "a.b"] }, "region"],
  ["a number as region", { ...sound, region: 5 }, "region"],
  ["a control character in the id", { ...sound, id: "\u0007" }, "id"],
  ["a list as id", { ...sound, id: ["1"] }, "id"],
  ["a number as description", { ...sound, description: 1 }, "description"],
])("malformed: %s", (_, raw, attribute) => {
  expect(checkAccount(raw)).toMatchObject({ attribute });
});

test("what a message shows of an entry is one line, visible and not endless", () => {
  for (const role of ["x\nhint: run this", "\u001b[2J", "A".repeat(300_000)]) {
    const checked = checkAccount({ name: "a\u202e", role });
    const named = checkAccount({ name: "a", role });
    for (const one of [checked, named]) {
      const text = "problem" in one ? one.label + one.problem : "";
      expect(text).toMatch(/^[^\p{Cc}\p{Cf}]{1,220}$/u);
    }
  }
});

describe("the limits of AWS's own names", () => {
  const arn = ({ account = "000000000001", path = "", name = "role0" }) =>
    `arn:aws:iam::${account}:role/${path}${name}`;
  /** A role whose ARN is so long. */
  const longArn = (length: number) => arn({ path: `${"p".repeat(length - arn({}).length - 1)}/` });

  test.each<[string, string, boolean]>([
    ["an ARN of 2048 characters", longArn(2048), true],
    ["an ARN of 2049 characters", longArn(2049), false],
    ["an account of 11 digits", arn({ account: "1".repeat(11) }), false],
    ["an account of 12 digits", arn({ account: "1".repeat(12) }), true],
    ["an account of 13 digits", arn({ account: "1".repeat(13) }), false],
    ["a role's name of 64 characters", arn({ name: "r".repeat(64) }), true],
    ["a role's name of 65 characters", arn({ name: "r".repeat(65) }), false],
    ["a role without a name", arn({ name: "" }), false],
    ["a role's name with a blank", arn({ name: "a b" }), false],
  ])("%s", (_, one, isSound) => {
    expect("account" in checkAccount({ ...sound, role: one })).toBe(isSound);
  });

  test.each<[string, boolean]>([
    ["eu-west-1", true],
    ["eu_west_1", false],
    ["EU-WEST-1", false],
    ["eu-west", false],
    ["eu-west-", false],
    ["eu--west-1", false],
    ["local-1", false],
    [`${"r".repeat(58)}-me-1`, true],
    [`${"r".repeat(59)}-me-1`, false],
  ])("the region %s", (region, isSound) => {
    expect("account" in checkAccount({ ...sound, region: [region] })).toBe(isSound);
  });
});
