import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { withActiveContext } from "../../src/settings/active-context.ts";
import { removeContext, renameContext, setContext } from "../../src/settings/config-edits.ts";
import { parseConfig } from "../../src/settings/config-file.ts";
import type { SettingKey } from "../../src/settings/keys.ts";
import { toToml } from "../../src/settings/to-toml.ts";

const values = (given: Partial<Record<SettingKey, string>>) =>
  new Map(Object.entries(given) as [SettingKey, string][]);

const toml = `# All of it is mine.

[general] # the usual one
  # the table
  dynamodb_table = "a" # mine
  session_name = "me"

# Where we try things.
[other]
mfa_arn = "123456789"
`;

const ini = `; made by hand
[general]
aws_source_profile = default ; who I am
tags = prod, eu
dynamodb_table=accounts

[two]
mfa_arn = arn:aws:iam::123456789012:mfa/x
dynamodb_table = "u"
`;

describe("a change leaves all other lines as they are", () => {
  test("a value", () => {
    const after = setContext(toml, "general", values({ dynamodb_table: "b" }));
    expect(after).toBe(toml.replace('"a" # mine', '"b" # mine'));
  });

  test("a key more, a key less", () => {
    const after = setContext(
      toml,
      "general",
      values({ session_name: "", tags: "x, y", session_duration: "2h" }),
    );
    expect(after).toBe(
      toml.replace('  session_name = "me"\n', '  session_duration = "2h"\n  tags = ["x", "y"]\n'),
    );
  });

  test("of mixed line ends each keeps its own, and a new line takes its neighbour's", () => {
    const mixed =
      '[general]\n# mine\r\ndynamodb_table = "a"\nsession_name = "me"\r\n[b]\r\nmfa_arn = "123456789"\n';
    const change = values({ dynamodb_table: "b", session_name: "you", session_duration: "2h" });
    expect(setContext(mixed, "general", change)).toBe(
      '[general]\n# mine\r\ndynamodb_table = "b"\nsession_name = "you"\r\nsession_duration = "2h"\r\n[b]\r\nmfa_arn = "123456789"\n',
    );
    expect(setContext(mixed, "b", values({ mfa_arn: "987654321", session_name: "you" }))).toBe(
      mixed.replace('"123456789"\n', '"987654321"\nsession_name = "you"\n'),
    );
  });

  test("a byte order mark stays when the first context goes, or is renamed", () => {
    const mark = "\uFEFF";
    const [first = "", second = ""] = [
      '[a]\nmfa_arn = "123456789"\n',
      '[b]\nmfa_arn = "987654321"\n',
    ];
    expect(removeContext(mark + first + second, "a")).toBe(mark + second);
    expect(removeContext(mark + first, "a")).toBe(mark);
    expect(removeContext(mark + first + second, "b")).toBe(mark + first);
    expect(renameContext(mark + first, "a", "c")).toBe(mark + first.replace("[a]", "[c]"));
  });

  test("nothing new", () => {
    expect(setContext(toml, "general", values({ dynamodb_table: "a", mfa_arn: "" }))).toBe(toml);
  });

  test.each(["", "# mine", "# mine\n", "[a]\ndynamodb_table = 't'"])(
    "a new context behind %j",
    (before) => {
      const after = setContext(before, "c.d", values({ dynamodb_table: "t" }));
      expect(after.startsWith(before)).toBe(true);
      expect(after).toEndWith('["c.d"]\ndynamodb_table = "t"\n');
      expect(setContext(after, "c.d", values({ dynamodb_table: "" }))).toEndWith('["c.d"]\n');
    },
  );

  test("line ends of Windows, a BOM, a last line without an end", () => {
    const text = '\uFEFF[general]\r\ndynamodb_table = "a"';
    expect(setContext(text, "general", values({ session_name: "me" }))).toBe(
      `${text}\r\nsession_name = "me"\r\n`,
    );
  });

  test("a value over several lines", () => {
    const text = '[a]\ntags = [ # mine\n  "x", # one\n  "[b]",\n]\ndynamodb_table = "t"\n';
    expect(setContext(text, "a", values({ tags: "y" }))).toBe(
      '[a]\ntags = ["y"]\ndynamodb_table = "t"\n',
    );
  });

  test("a context away, with the comment that is about it", () => {
    expect(removeContext(toml, "other")).toBe(
      toml.slice(0, toml.indexOf("# Where we try things.")),
    );
    expect(removeContext(toml, "general")).toBe(
      `# All of it is mine.\n\n${toml.slice(toml.indexOf("# Where"))}`,
    );
  });

  test("another name", () => {
    expect(renameContext(toml, "general", "g.1")).toBe(toml.replace("[general] #", '["g.1"] #'));
    expect(renameContext(ini, "two", "three.3")).toBe(ini.replace("[two]", "[three.3]"));
  });

  test("letme v0.2's form keeps its form", () => {
    const after = setContext(ini, "general", values({ aws_source_profile: "other", tags: "a,b" }));
    expect(after).toBe(ini.replace("= default ;", "= other ;").replace("= prod, eu", "= a,b"));
  });
});

test.each(['general = { dynamodb_table = "x" }\n', 'general.dynamodb_table = "x"\n'])(
  "what has no lines of its own is refused: %j",
  (text) => {
    for (const change of [
      () => setContext(text, "general", values({ dynamodb_table: "y" })),
      () => removeContext(text, "general"),
      () => renameContext(text, "general", "g"),
    ]) {
      expect(change).toThrow(LetmeError);
    }
  },
);

test("v0.2's form becomes TOML that says the same", () => {
  const after = toToml(ini);
  expect(after).toBe(`# made by hand
[general]
aws_source_profile = "default" # who I am
tags = ["prod", "eu"]
dynamodb_table = "accounts"

[two]
mfa_arn = "arn:aws:iam::123456789012:mfa/x"
dynamodb_table = "u"
`);
  expect(parseConfig(after).form).toBe("toml");
  expect(toToml(after)).toBe(after);
});

test("what a change leaves of v0.2's form can be read and changed again", () => {
  const one = "; made by letme v0.2\n[work]\ndynamodb_table = t\n";
  const left = removeContext(one, "work");
  expect(left).toBe("; made by letme v0.2\n");
  expect(parseConfig(left).problems).toEqual([]);
  expect(parseConfig(setContext(left, "new", values({ dynamodb_table: "t" }))).problems).toEqual(
    [],
  );

  const twice = "[a]\ndynamodb_table = x\n[b]\n[a]\nsession_name = me\n";
  expect(renameContext(twice, "a", "c")).toBe(twice.replaceAll("[a]", "[c]"));

  const hidden = "[a]\nsession_name = x y\nsession_name = me\n";
  expect(() => setContext(hidden, "a", values({ session_name: "" }))).not.toThrow();
});

test("what v0.2's form may have twice is once in TOML", () => {
  const before = `# mine
[general]
dynamodb_table = a
tags = x
  tags = y ; both
[two]
dynamodb_table = "t"

; more of it
[general]
# the real one
dynamodb_table = b`;
  const after = toToml(before);
  expect(after).toBe(`# mine
[general]
  tags = ["y"] # both
# more of it
# the real one
dynamodb_table = "b"
[two]
dynamodb_table = "t"

`);
  expect(parseConfig(after)).toMatchObject({ form: "toml", problems: [] });
});

test.each<[string | undefined, string]>([
  [undefined, "[context]\nactive_context = b\n"],
  ["[context]\nactive_context = a\n", "[context]\nactive_context = b\n"],
  [
    '# x\n[context]\nactive_context="a" # y\nz = 1\n',
    "# x\n[context]\nactive_context=b # y\nz = 1\n",
  ],
  ["[context]\nz = 1\n", "[context]\nactive_context = b\nz = 1\n"],
  ["[else]\nz = 1\n", "[else]\nz = 1\n\n[context]\nactive_context = b\n"],
])("the active context in %j", (before, after) => {
  expect(withActiveContext(before, "b")).toBe(after);
  expect(withActiveContext(after, undefined)).not.toContain("active_context");
});

// What grows with a power of the length would take hours.
test.each([
  ["of TOML", `[general]\ndynamodb_table = "a"${" ".repeat(500_000)}\n`],
  ["of letme v0.2", `[general]\ndynamodb_table = a${" ".repeat(500_000)}b\n`],
])("a line %s without end is changed", (_, text) => {
  expect(setContext(text, "general", values({ dynamodb_table: "c" }))).toMatch(/= "?c/);
});

describe("a change that would not read back as it was meant is refused", () => {
  const twice =
    "[two]\nmfa_arn = GAHT12345678\n[general]\ndynamodb_table = g\n[two]\ndynamodb_table = t\n";

  test.each<[string, () => string]>([
    [
      "a key is taken out that stands in the first of two sections",
      () => setContext(twice, "two", values({ mfa_arn: "" })),
    ],
    ["a name that is taken", () => renameContext(twice, "general", "two")],
  ])("%s", (_, change) => {
    expect(change).toThrow("cannot be changed line by line");
  });
});
