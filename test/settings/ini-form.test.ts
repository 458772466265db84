import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../src/settings/config-file.ts";
import { readIniForm } from "../../src/settings/ini-form.ts";

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

  test("what stands twice is told, and the place of a value is that of the one that counts", () => {
    const text =
      '[general]\nmfa_arn = "a"\ndynamodb_table = a\n[general]\n  dynamodb_table = "b"\n';
    const { contexts, remarks } = parseConfig(text);
    expect(contexts.get("general")?.get("dynamodb_table")).toMatchObject({
      text: "b",
      position: { line: 5, column: 3 },
    });
    expect(
      remarks.map(({ position, message }) => `${position.line}:${position.column} ${message}`),
    ).toEqual([
      "3:1 a value without quotes, as letme v0.2 wrote it",
      "4:1 a second `[general]`: both count as one",
      "5:3 `dynamodb_table` of `general` stands in line 3 too: this one counts",
    ]);
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
  // Nothing in it is of v0.2's form alone.
  '[general]\nmfa_process = "a\\qb c"\n',
  '[general]\nmfa_process = "jq .[0]; a\\qb"\n',
])("TOML with a slip in it is not taken for it: %j", (text) => {
  expect(parseConfig(text).problems[0]?.message).toStartWith("not valid TOML: ");
});

test.each<[string, string, string[]]>([
  [
    '[general]\ndynamodb_table = "a"\ndynamodb_table = "b"\n',
    "b",
    ["3:1 `dynamodb_table` of `general` stands in line 2 too: this one counts"],
  ],
  [
    '[general]\nmfa_arn = "GAHT12345678"\n[b]\n[general]\ndynamodb_table = "b"\n',
    "b",
    ["4:1 a second `[general]`: both count as one"],
  ],
  [
    '[general]\ndynamodb_table = "a"\n[user@corp]\ndynamodb_table = "b"\n',
    "a",
    ['3:1 TOML wants quotes in this header: `["user@corp"]`'],
  ],
])("what v0.2 took with quotes everywhere is taken still: %j", (text, table, told) => {
  expect(valuesOf(text)["dynamodb_table"]).toBe(table);
  const { form, remarks } = parseConfig(text);
  expect(form).toBe("ini");
  expect(
    remarks.map(({ position, message }) => `${position.line}:${position.column} ${message}`),
  ).toEqual(told);
});

test.each([
  // A header that letme itself writes, and a text with TOML's escapes.
  '["team.a"]\ndynamodb_table = "a"\ndynamodb_table = "b"\n',
  '[general]\nmfa_process = "C:\\\\x"\nmfa_arn = "GAHT12345678"\nmfa_arn = "GAHT12345678"\n',
])("is not read with other names or values than TOML has in it: %j", (text) => {
  const { contexts, problems } = parseConfig(text);
  if (problems.length > 0) expect(problems[0]?.message).toContain("stands here a second time");
  else expect([...contexts.keys()]).toEqual(["team.a"]);
});

test("a key that stands twice beside what only TOML has is named with its second place", () => {
  const text = '[general]\ndynamodb_table = "a"\ntags = ["x"]\n  dynamodb_table = "b"\n';
  expect(parseConfig(text).problems).toEqual([
    {
      position: { line: 4, column: 3 },
      message: "not valid TOML: `dynamodb_table` stands here a second time",
    },
  ]);
});

test.each([
  ['[general]\ntags = ["x"]\n[b]\n[general]\n', "4:2", "`[general]` stands here a second time"],
  [
    '[general]\n  dynamodb_table = "a\ntags = []\n',
    "2:22",
    "the text of `dynamodb_table` has no closing quote",
  ],
  [
    '[general]\ndynamodb_table = "a\u0001b"\n',
    "2:20",
    "control characters are not allowed in strings",
  ],
])("what is wrong in TOML, in words: %j", (text, place, message) => {
  const [problem] = parseConfig(text).problems;
  expect(`${problem?.position.line}:${problem?.position.column}`).toBe(place);
  expect(problem?.message).toBe(`not valid TOML: ${message}`);
});

test.each(["[1]", '["a,b"]'])("a list that cannot be tags: %s", (list) => {
  const [problem] = parseConfig(`[general]\ntags = ${list}\n`).problems;
  expect(problem?.message).toMatch(
    /^`tags` must be a list of strings, or a string, not a list with /,
  );
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

test.each([
  ["x", 'a = "x" # y'],
  ["x", "a = 'x'; y"],
  ["x", "a = `x`  "],
  ["x # y", 'a = "x # y"'],
  ["x y", "a = x y ; z"],
  ["#x", "a =#x"],
  ["x#y", "a : x#y  # 'z'"],
  ["", "a = ; x"],
  ["x", "a  \t= x"],
])("the value %p of %p", (value, line) => {
  expect(readIniForm(`; of letme v0.2\n[general]\n${line}\n`)?.tables).toEqual({
    general: { a: value },
  });
});

test.each(['a = x"y', 'a = "x" y', "a = [x", "a = {x", "a = `x"])(
  "is TOML gone wrong: %s",
  (line) => {
    expect(readIniForm(`; of letme v0.2\n[general]\n${line}\n`)).toBeUndefined();
  },
);

// What grows with a power of the length would take hours.
const blanks = " ".repeat(500_000);
test.each<[string, string]>([
  ["blanks before a value that is none", `a =${blanks}x"y`],
  ["blanks in a value", `a = x${blanks}"y`],
  ["a key without its sign", `a${blanks}b`],
  ["blanks before what is nothing", `[general]\n${blanks};\n${blanks}x`],
])("a line without end is read to its end: %s", (_, line) => {
  expect(parseConfig(`[general]\n${line}\n`).problems.length).toBeGreaterThan(0);
});
