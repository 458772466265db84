import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../src/settings/config-file.ts";

const valuesOf = (text: string, name = "general") => {
  const { contexts, problems } = parseConfig(text);
  expect(problems).toEqual([]);
  return Object.fromEntries([...(contexts.get(name) ?? [])].map(([key, one]) => [key, one.text]));
};

describe("what letme v0.2 wrote is read as it is", () => {
  test("values with and without quotes, comments, lists with commas", () => {
    const text = `; letme
# letme
[general]
aws_source_profile = default
aws_source_profile_region=eu-west-1 ; Ireland
dynamodb_table : accounts
mfa_arn = "arn:aws:iam::123456789012:mfa/user001"
session_name = 'user001' # me
session_duration = 7200
tags = prod, eu
`;
    expect(valuesOf(text)).toEqual({
      aws_source_profile: "default",
      aws_source_profile_region: "eu-west-1",
      dynamodb_table: "accounts",
      mfa_arn: "arn:aws:iam::123456789012:mfa/user001",
      session_name: "user001",
      session_duration: "7200",
      tags: "prod,eu",
    });
    const { form, remarks } = parseConfig(text);
    expect(form).toBe("ini");
    expect(remarks.map(({ position }) => position.line)).toEqual([4, 5, 6, 10]);
  });

  test("an empty value counts as left out, and of two the last counts", () => {
    const text = "[general]\nmfa_arn =\ndynamodb_table = a\n[x]\n[general]\ndynamodb_table = b\n";
    expect(valuesOf(text)).toEqual({ dynamodb_table: "b" });
  });

  test("what is wrong in it has its place", () => {
    const { problems } = parseConfig("[general]\ndynamodb_table = a\n  dynamo = b\n");
    expect(problems).toMatchObject([{ position: { line: 3, column: 3 } }]);
  });
});

test.each([
  '[general]\ndynamodb_table = "a\n',
  "[general]\ntags = [1\n",
  "[general]\nwhat is this\n",
  '[general]\nsession_name = say "me"\n',
  "dynamodb_table = a\n[general]\n",
])("TOML with a slip in it is not taken for it: %j", (text) => {
  expect(parseConfig(text).problems[0]?.message).toStartWith("not valid TOML: ");
});

describe("places in TOML", () => {
  test.each<[string, number, number]>([
    ["[general]\n\n  x.y = 1\n", 3, 3],
    ["general = { x = 1 }\n", 1, 1],
    ["general.x = 1\n", 1, 1],
    ['[general]\n"\\u0078" = 1\n', 2, 1],
    ["[general]\nsession_name = '''\nx = 1\n'''\nx = 2\n", 5, 1],
    ['[general]\nsession_name = "me"\n[general.x]\ny = 1\n', 3, 1],
    ['[other]\nx = 1\n[ "general" ]\n  x = 1\n', 2, 1],
    ["[general]\ntags = [\n  'x', # x = 1\n]\nx = 1\n", 5, 1],
  ])("the unknown key in %j", (text, line, column) => {
    const problem = parseConfig(text).problems.find(({ message }) => message.includes("`x`"));
    expect(problem?.position).toEqual({ line, column });
  });
});
