import { describe, expect, test } from "bun:test";
import { parse } from "smol-toml";
import { LetmeError } from "../../src/errors.ts";
import { isContextName, parseConfig } from "../../src/settings/config-file.ts";
import { formatDuration, formatTimeTo, parseDuration } from "../../src/settings/duration.ts";
import { declarationOf, type SettingKey, settingDeclarations } from "../../src/settings/keys.ts";
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

describe("a context that is not there", () => {
  const text = '[general]\ndynamodb_table = "g"\n[other]\ndynamodb_table = "o"\n';
  const usersettings = `${home}/.letme/.letme-usersettings`;
  const activating = (line: string) => ({ [usersettings]: `[context]\n${line}\n` });
  const active = activating("active_context = othr");

  test.each<[string, Parameters<typeof settingsOf>, string]>([
    ["by option", [text, {}, { context: "othr" }], "`--context`"],
    ["by variable", [text, { LETME_CONTEXT: "othr" }], "`LETME_CONTEXT`"],
    ["as the active one", [text, {}, {}, active], `\`${usersettings}\``],
  ])("asked for %s is an error that says so", (_, given, origin) => {
    const failure = failureOf(() => settingsOf(...given));
    expect(failure.kind).toBe("configuration");
    expect(failure.message).toBe(`\`${config}\` has no context \`othr\` (asked for by ${origin})`);
    expect(failure.hint).toBe("did you mean `other`?");
  });

  test.each<[string, string | undefined, string]>([
    ["nothing like it", text.replace("[other]", "[far]"), "it has: general, far"],
    ["no file", undefined, "`letme config new-context othr` adds it"],
  ])("where there is %s", (_, written, hint) => {
    expect(failureOf(() => settingsOf(written, { LETME_CONTEXT: "othr" })).hint).toBe(hint);
  });

  test("is none where nobody asked for one", () => {
    expect(settingsOf(undefined).contextName).toBe("general");
    for (const line of [
      "active_context =",
      'active_context = ""',
      "active_context = ''",
      "active_context = # other",
    ]) {
      expect(settingsOf(text, {}, {}, activating(line)).contextName).toBe("general");
    }
  });
});

describe("how long an MFA session lasts", () => {
  test("is 12 hours where nothing is said", () => {
    expect(settingsOf(undefined).mfaSession).toEqual({
      value: 43_200,
      from: "default",
      origin: "the default",
    });
    const set = settingsOf(undefined, { LETME_MFA_SESSION: "2h" }).mfaSession;
    expect(set).toMatchObject({ value: 7200, from: "variable" });
    expect(settingsOf(undefined, { LETME_MFA_SESSION: " Off " }).mfaSession.value).toBe("off");
  });
});

describe("the limits of values", () => {
  test.each<[SettingKey, string, boolean]>([
    ["session_duration", "14m59s", false],
    ["session_duration", "15m", true],
    ["session_duration", "12h", true],
    ["session_duration", "43201", false],
    ["mfa_session", "14m59s", false],
    ["mfa_session", "15m", true],
    ["mfa_session", "36h", true],
    ["mfa_session", "129601", false],
    ["mfa_session", "off", true],
    ["session_name", "a", false],
    ["session_name", "ab", true],
    ["session_name", "a".repeat(64), true],
    ["session_name", "a".repeat(65), false],
    ["dynamodb_table", "", false],
    ["dynamodb_table", "t".repeat(1024), true],
    ["dynamodb_table", "t".repeat(1025), false],
    ["mfa_arn", "a".repeat(8), false],
    ["mfa_arn", "a".repeat(9), true],
    ["mfa_arn", "a".repeat(256), true],
    ["mfa_arn", "a".repeat(257), false],
    ["tags", "a, b", true],
    ["tags", "a,,b", false],
  ])("%s = %j", (key, value, isFit) => {
    expect(declarationOf(key)?.problemOf(value) === undefined).toBe(isFit);
  });

  test.each<[string, boolean]>([
    ["a", true],
    ["a".repeat(64), true],
    ["a".repeat(65), false],
    [".a", false],
    ["a.b@c+d-e_f", true],
    ["a/b", false],
    ["", false],
  ])("the name of a context %j", (name, isFit) => {
    expect(isContextName(name)).toBe(isFit);
    const { problems } = parseConfig(`[${JSON.stringify(name)}]\n`);
    expect(problems.length).toBe(isFit ? 0 : 1);
  });
});

test.each([
  [-5, "0s"],
  [0, "0s"],
  [0.9, "0s"],
  [59, "59s"],
  [59.9, "59s"],
  [60, "1m"],
  [89, "1m"],
  [90, "2m"],
  [3569, "59m"],
  [3570, "1h"],
  [3600, "1h"],
  [5400, "1h30m"],
  [86_400, "24h"],
])("the time to a moment in %d seconds is %s", (seconds, text) => {
  const moment = new Date("2026-11-23T00:00:00Z");
  expect(formatTimeTo(new Date(moment.getTime() + seconds * 1000), moment)).toBe(text);
});
