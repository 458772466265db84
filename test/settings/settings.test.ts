import { describe, expect, test } from "bun:test";
import { parse } from "smol-toml";
import { LetmeError } from "../../src/errors.ts";
import { parseConfig } from "../../src/settings/config-file.ts";
import { formatDuration, parseDuration } from "../../src/settings/duration.ts";
import { settingDeclarations } from "../../src/settings/keys.ts";
import { letmePaths } from "../../src/settings/paths.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { configTemplate } from "../../src/settings/template.ts";
import { testHost } from "../support/test-host.ts";

const home = "/home/user";
const config = `${home}/.letme/letme-config`;

function settingsOf(
  text: string | undefined,
  env: Record<string, string> = {},
  flags: Record<string, string> = {},
  others: Record<string, string> = {},
) {
  const host = testHost({
    env,
    files: { ...(text === undefined ? {} : { [config]: text }), ...others },
  });
  return readSettings(host, (name) => flags[name]);
}

function failureOf(run: () => unknown): LetmeError {
  try {
    run();
  } catch (error) {
    if (error instanceof LetmeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("precedence", () => {
  const text = '[general]\ndynamodb_table = "file"\nsession_duration = 7200\n';

  test("flag, variable, file, default", () => {
    const env = { LETME_DYNAMODB_TABLE: "variable" };
    expect(settingsOf(text, env, { table: "flag" }).table?.value).toBe("flag");
    expect(settingsOf(text, env).table).toEqual({
      value: "variable",
      from: "variable",
      origin: "`LETME_DYNAMODB_TABLE`",
    });
    expect(settingsOf(text).table?.value).toBe("file");
    expect(settingsOf(text).table?.origin).toBe(`\`${config}\`, line 2`);
    expect(settingsOf(undefined).table).toBeUndefined();
    expect(settingsOf(undefined).sessionDuration.value).toBe(3600);
    expect(settingsOf(text).sessionDuration.value).toBe(7200);
    expect(settingsOf(text, {}, { duration: "4h" }).sessionDuration.value).toBe(14_400);
  });

  test("a blank variable and an empty value count as left out", () => {
    const settings = settingsOf('[general]\nmfa_arn = ""\n', { LETME_DYNAMODB_TABLE: "" });
    expect(settings.mfaArn).toBeUndefined();
    expect(settings.table).toBeUndefined();
  });

  test("the table or the registry file: the one said in the stronger place", () => {
    const file = '[general]\nregistry_file = "accounts.toml"\n';
    expect(settingsOf(file).registryFile?.value).toBe(`${home}/.letme/accounts.toml`);
    expect(settingsOf(file, { LETME_DYNAMODB_TABLE: "t" }).registryFile).toBeUndefined();
    expect(settingsOf(text, {}, { "registry-file": "~/a.toml" }).registryFile?.value).toBe(
      `${home}/a.toml`,
    );
    const both = failureOf(() => settingsOf(`${text}registry_file = "a.toml"\n`));
    expect(both.kind).toBe("configuration");
    expect(both.message).toContain("both set");
  });
});

describe("contexts", () => {
  const text = '[general]\ndynamodb_table = "g"\n[other]\ndynamodb_table = "o"\n';
  const active = { [`${home}/.letme/.letme-usersettings`]: "[context]\nactive_context = other\n" };

  test("flag, variable, active context, general", () => {
    expect(settingsOf(text, {}, {}, active).table?.value).toBe("o");
    expect(settingsOf(text, { LETME_CONTEXT: "general" }, {}, active).table?.value).toBe("g");
    expect(settingsOf(text, { LETME_CONTEXT: "x" }, { context: "other" }).table?.value).toBe("o");
    expect(settingsOf(text).contextName).toBe("general");
  });

  test("one that is not there is an error that names the nearest", () => {
    const failure = failureOf(() => settingsOf(text, {}, { context: "othr" }));
    expect(failure.kind).toBe("configuration");
    expect(failure.hint).toBe("did you mean `other`?");
  });
});

describe("problems of letme-config", () => {
  test.each<[string, string, number, number, RegExp]>([
    [
      "an unknown key",
      '[general]\n  dynamo_table = "x"\n',
      2,
      3,
      /unknown key `dynamo_table`; did you mean `dynamodb_table`\?/,
    ],
    ["a wrong type", "[general]\ndynamodb_table = 5\n", 2, 1, /must be a string, not a number/],
    [
      "a bad region",
      '[general]\naws_source_profile_region = "eu west"\n',
      2,
      1,
      /must be an AWS region/,
    ],
    ["a bad duration", "[general]\nsession_duration = 10\n", 2, 1, /from 15m to 12h/],
    ["a key before any table", 'dynamodb_table = "x"\n', 1, 1, /stands before any table/],
    ["no TOML", '[general]\ndynamodb_table = "x\n', 2, 20, /not valid TOML/],
    ["the right table", '[a]\nmfa_arn = "123456789"\n[b]\nmfa_arn = "x"\n', 4, 1, /MFA device/],
    ["a name that could leave the folder", '["../x"]\n', 1, 1, /cannot be the name of a context/],
  ])("%s", (_, text, line, column, message) => {
    const [problem] = parseConfig(text).problems;
    expect(problem?.message).toMatch(message);
    expect(problem?.position).toEqual({ line, column });
  });

  test("they stop a command, with file, line and column", () => {
    const failure = failureOf(() => settingsOf("[general]\nx = 1\ny = 2\n"));
    expect(failure.kind).toBe("configuration");
    expect(failure.message.split("\n")).toEqual([
      `${config}:2:1: unknown key \`x\``,
      `${config}:3:1: unknown key \`y\``,
    ]);
  });

  test("a bad flag is a matter of usage, a bad variable of configuration", () => {
    expect(failureOf(() => settingsOf(undefined, {}, { duration: "1" })).kind).toBe("usage");
    const variable = failureOf(() => settingsOf(undefined, { LETME_SESSION_NAME: "a b" }));
    expect(variable.kind).toBe("configuration");
    expect(variable.message).toContain("`LETME_SESSION_NAME` must be 2 to 64 letters");
  });
});

describe("the template", () => {
  test("is TOML, is right as it is, and explains every key", () => {
    const template = configTemplate();
    expect(parse(template)).toEqual({ general: {} });
    expect(parseConfig(template).problems).toEqual([]);
    for (const { key } of settingDeclarations)
      expect(template).toMatch(new RegExp(`^# ${key} = ["[]`, "m"));
  });

  test("is right with every key set to its example, but for table and file at once", () => {
    const filled = configTemplate().replace(/^# (\w+ = )/gm, "$1");
    const { problems, contexts } = parseConfig(filled);
    expect(problems.map((problem) => problem.message)).toEqual([
      "`registry_file` and `dynamodb_table` are both set in `general`: leave one out",
    ]);
    expect(contexts.get("general")?.size).toBe(settingDeclarations.length);
  });
});

test.each<[string, number | undefined]>([
  ["1h", 3600],
  ["30m", 1800],
  ["1h30m", 5400],
  ["900", 900],
  ["900s", 900],
  ["", undefined],
  ["h", undefined],
  ["1d", undefined],
  ["-1", undefined],
  ["1.5h", undefined],
])("the duration %p is %p seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  [3600, "1h"],
  [5400, "1h30m"],
  [59, "59s"],
  [0, "0s"],
  [-5, "0s"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("LETME_HOME moves letme's files", () => {
  expect(letmePaths(testHost({ env: { LETME_HOME: "~/x" } })).config).toBe(
    `${home}/x/letme-config`,
  );
  const paths = letmePaths(testHost({}));
  expect(paths.snapshotOf("general")).toBe(`${home}/.letme/.letme-cache`);
  expect(paths.snapshotOf("b")).toBe(`${home}/.letme/.letme-cache-b`);
});
