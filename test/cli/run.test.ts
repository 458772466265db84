import { describe, expect, test } from "bun:test";
import { type Program, run } from "../../src/cli/run.ts";
import { commands } from "../../src/commands/index.ts";
import { LetmeError } from "../../src/errors.ts";

async function runWith(args: readonly string[], changes: Partial<Program> = {}) {
  let out = "";
  let error = "";
  const code = await run(
    {
      commands,
      version: "1.2.3",
      versionLine: "letme 1.2.3\n",
      writeOut: async (text) => {
        out += text;
      },
      writeError: async (text) => {
        error += text;
      },
      openHost: async () => {
        throw new Error("the machine was opened");
      },
      ...changes,
    },
    args,
  );
  return { code, out, error };
}

describe("help and version need no machine", () => {
  test("every way to the program's help gives the same", async () => {
    const expected = await runWith([]);
    expect(expected.code).toBe(0);
    expect(expected.out).toContain("letme obtain example1");
    for (const args of [
      ["-h"],
      ["--help"],
      ["help"],
      ["help", "help"],
      ["--debug", "--help"],
      ["-qh"],
    ]) {
      expect(await runWith(args)).toEqual(expected);
    }
  });

  test.each(commands.map((command) => command.name))("help of %s", async (name) => {
    const expected = await runWith([name, "--help"]);
    expect(expected.code).toBe(0);
    expect(expected.out).toContain(`letme ${name}`);
    expect(expected.out).toContain("Examples:");
    expect(await runWith(["help", name])).toEqual(expected);
    expect(await runWith(["help", "-q", name])).toEqual(expected);
    expect(await runWith([name, "word", "-h"])).toEqual(expected);
  });

  test("help of a subcommand is that of its command", async () => {
    expect(await runWith(["help", "config", "new-context"])).toEqual(
      await runWith(["help", "config"]),
    );
  });

  test.each([
    [["-v"]],
    [["--version"]],
    [["-qv"]],
    [["list", "--version"]],
    [["list", "-qv"]],
    [["exec", "-c", "general", "--version", "example1", "true"]],
  ])("%j", async (args) => {
    expect(await runWith(args)).toEqual({ code: 0, out: "letme 1.2.3\n", error: "" });
  });
});

describe("what is wrong in a command line exits with 2", () => {
  test.each<[string[], RegExp]>([
    [["obtian", "x"], /unknown command `obtian`\nhint: did you mean `letme obtain`\?/],
    [["help", "lst"], /did you mean `letme list`\?/],
    [["xyzzy"], /`letme --help` lists the commands/],
    [["--table", "x", "list"], /unknown option `--table` before the command/],
    [["--debgu", "list"], /did you mean `--debug`\?/],
    [["-q"], /which command\?/],
    [["--table", "x", "list"], /the options of a command stand behind it/],
    [["-qx", "list"], /unknown option `-x` before the command\nhint: `letme --help` lists/],
    [["-V"], /unknown option `-V` before the command\nhint: did you mean `-v`\?/],
    [["--verbose", "list"], /`letme --help` lists the options that may stand there/],
    [["version"], /did you mean `letme --version`\?/],
    [["-m123456", "obtain", "x"], /unknown option `-m` before the command/],
    [["--mfa-token=123456", "obtain", "x"], /unknown option `--mfa-token` before the command/],
    [["--quiet=1", "list"], /`--quiet` takes no value/],
    [["--help=1"], /`--help` takes no value/],
    [["--version=1", "list"], /`--version` takes no value/],
    [["-c"], /`-c` needs a value: NAME/],
    [["--context"], /`--context` needs a value: NAME\nhint: see `letme --help`/],
    [["--color", "list"], /`--color` must be one of .*, not `list`/],
    [["--color", "obtain", "example1"], /`--color` must be one of .*, not `obtain`/],
    [["help", "--foo"], /unknown option `--foo`/],
    [
      ["help", "list", "obtain"],
      /`obtain` is one word too many\nhint: the usage is `letme help list`/,
    ],
    [["remove", "-f", "x"], /unknown option `-f`\nhint: see `letme remove --help`/],
    [["list", "-L"], /unknown option `-L`\nhint: did you mean `-l`\?/],
    [["obtain", "x", "--renwe"], /did you mean `--renew`\?/],
    [["list", "--color", "pink"], /`--color` must be one of/],
  ])("%j", async (args, message) => {
    const { code, out, error } = await runWith(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error).toMatch(message);
  });

  test("options of every command may stand before it", async () => {
    for (const before of [
      ["-c", "general", "--color=never", "-q"],
      ["-qc", "general"],
      ["-qcwork"],
    ]) {
      const { error } = await runWith([...before, "list"]);
      expect(error).toContain("the machine was opened");
    }
  });
});

describe("failures", () => {
  const failing = (thrown: unknown) => ({
    openHost: async () => {
      throw thrown;
    },
  });

  test.each([
    ["failed", 1],
    ["usage", 2],
    ["configuration", 3],
    ["credentials", 4],
    ["interrupted", 130],
  ] as const)("a failure of kind %s exits with %d", async (kind, code) => {
    const result = await runWith(["list"], failing(new LetmeError(kind, "it", { hint: "do so" })));
    expect(result).toEqual({ code, out: "", error: "letme: it\nhint: do so\n" });
  });

  test("an unforeseen one says where to report it, and shows its stack only with --debug", async () => {
    const quiet = await runWith(["list"], failing(new TypeError("boom")));
    expect(quiet.code).toBe(1);
    expect(quiet.error).toContain("letme: unexpected failure: boom");
    expect(quiet.error).toContain("please report it at https://");
    expect(quiet.error).not.toContain("run.test.ts");
    const loud = await runWith(["list", "--debug"], failing(new TypeError("boom")));
    expect(loud.error).toContain("run.test.ts");
  });

  test("no text of a failure can steer the terminal", async () => {
    const { error } = await runWith(["\u001b[2Jx\u202e"]);
    expect(error).toContain("`\\u{1b}[2Jx\\u{202e}`");
  });
});
