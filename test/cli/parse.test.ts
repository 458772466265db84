import { describe, expect, test } from "bun:test";
import { type Command, globalOptions, type Option } from "../../src/cli/declaration.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { LetmeError } from "../../src/errors.ts";

const options: readonly Option[] = [
  { long: ["duration"], short: "d", value: "TIME", description: "" },
  { long: ["mfa-token", "inline-mfa"], value: "CODE", description: "" },
  { long: ["output"], short: "o", value: "FORMAT", choices: ["text", "json"], description: "" },
  { long: ["local"], short: "l", description: "" },
  { long: ["filter"], short: "f", value: "TAG", repeated: true, description: "" },
];

const command: Command = {
  words: "<name>",
  minimumWords: 1,
  maximumWords: 1,
  options,
  details: [],
  examples: [],
  run: async () => {},
};

const parse = (...args: string[]) =>
  parseCommandLine("obtain", command, [...options, ...globalOptions], args);

describe("what is accepted", () => {
  test.each<[string[], string, string | undefined]>([
    [["a", "-d", "1h"], "duration", "1h"],
    [["a", "-d1h"], "duration", "1h"],
    [["a", "--duration=1h"], "duration", "1h"],
    [["--duration", "1h", "a"], "duration", "1h"],
    [["a", "--inline-mfa", "123456"], "mfa-token", "123456"],
    [["a", "--duration", "1h", "--duration", "2h"], "duration", "2h"],
    [["a", "--duration=-x"], "duration", "-x"],
    [["a"], "duration", undefined],
    [["a", "-lq", "-o", "json"], "output", "json"],
  ])("%j gives %s = %p", (args, name, value) => {
    const given = parse(...args);
    expect(given.value(name)).toBe(value);
    expect(given.words).toEqual(["a"]);
  });

  test("of a repeated option every value counts, of another the last", () => {
    const given = parse("--filter", "x", "a", "-fy", "--filter=x", "-d", "1h", "-d", "2h");
    expect(given.values("filter")).toEqual(["x", "y", "x"]);
    expect(given.value("filter")).toBe("x");
    expect(given.values("duration")).toEqual(["2h"]);
    expect(given.values("output")).toEqual([]);
    expect(given.values("local")).toEqual([]);
  });

  test("switches, also in one", () => {
    const given = parse("a", "-lq");
    expect([given.on("local"), given.on("quiet"), given.on("debug")]).toEqual([true, true, false]);
  });

  test("what stands behind -- is a word", () => {
    expect(parse("--", "--local").words).toEqual(["--local"]);
  });
});

describe("what is refused", () => {
  test.each<[string[], RegExp, RegExp?]>([
    [[], /needs <name>/],
    [["a", "b"], /`b` is one word too many/],
    [[""], /a name is empty/],
    [["a", "--duraton", "1h"], /unknown option `--duraton`/, /did you mean `--duration`/],
    [["a", "-x"], /unknown option `-x`/],
    [["a", "--duration"], /`--duration` needs a value: TIME/],
    [["a", "--duration", "--local"], /`--duration` needs a value: TIME/],
    [["a", "--local=yes"], /`--local` takes no value/],
    [["a", "-o", "yaml"], /`-o` must be one of `text`, `json`, not `yaml`/],
    [["a", "--__proto__"], /unknown option `--__proto__`/],
  ])("%j", (args, message, hint = /./) => {
    try {
      parse(...args);
    } catch (error) {
      expect(error).toBeInstanceOf(LetmeError);
      if (!(error instanceof LetmeError)) return;
      expect(error.kind).toBe("usage");
      expect(error.message).toMatch(message);
      expect(error.hint ?? "none").toMatch(hint);
      return;
    }
    throw new Error("it was accepted");
  });
});

describe("words that are passed on", () => {
  const passingOn: Command = {
    ...command,
    words: "<name> [-- <command>...]",
    maximumWords: Number.POSITIVE_INFINITY,
    passesWordsOn: true,
  };
  test.each<[string[], string[], string[]]>([
    [
      ["-q", "a", "-l", "--", "true"],
      ["a", "true"],
      ["quiet", "local"],
    ],
    [
      ["-q", "a", "-d", "1h", "--", "-l"],
      ["a", "-l"],
      ["quiet", "duration"],
    ],
    [
      ["-q", "-l", "a", "true", "-q", "--debug"],
      ["a", "true", "-q", "--debug"],
      ["quiet", "local"],
    ],
    [["a", "-l", "true", "--", "-q"], ["a", "true", "--", "-q"], ["local"]],
    [["a", "--", "", "--help"], ["a", "", "--help"], []],
  ])("%j", (args, words, on) => {
    const given = parseCommandLine("exec", passingOn, [...options, ...globalOptions], args);
    expect(given.words).toEqual(words);
    const names = ["quiet", "local", "debug", "duration", "help"];
    expect(names.filter((name) => given.on(name))).toEqual(on);
  });
});
