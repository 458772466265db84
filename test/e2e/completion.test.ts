import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { letmeBinary } from "../support/letme-binary.ts";
import {
  type Home,
  newHome,
  runLetme,
  startProgram,
  startProgramInTerminal,
} from "../support/run-letme.ts";

let home: Home;
let environment: Record<string, string>;

beforeEach(() => {
  home = newHome();
  home.write("bin/.keep", "");
  if (process.platform !== "win32") symlinkSync(letmeBinary(), join(home.path, "bin/letme"));
  environment = { PATH: `${join(home.path, "bin")}:/usr/bin:/bin` };
  home.write(
    ".letme/letme-config",
    '[general]\ndynamodb_table = "accounts"\n[staging]\ndynamodb_table = "others"\n',
  );
  home.write(".letme/.letme-cache", snapshot(["alpha-1", "alpha-2", "colon:name", "beta"]));
  home.write(
    ".aws/credentials",
    "[mine]\naws_access_key_id = x\n#s-written\n#Nov 23, 2026 02:11:16;t\n[written]\naws_access_key_id = x\n#e-written\n",
  );
});
afterEach(() => home.dispose());

function snapshot(names: readonly string[]): string {
  const tables = names.map(
    (name) => `["${name}"]\nname = "${name}"\nrole = ["arn:aws:iam::000000000001:role/r"]\n`,
  );
  return `# table: accounts\n# taken: 2026-11-23T00:00:00Z\n\n${tables.join("\n")}`;
}

async function candidates(...words: readonly string[]): Promise<readonly string[]> {
  const run = await runLetme(["completion", "candidates", "--", ...words], { home, environment });
  expect(run.stderr).toBe("");
  expect(run.exitCode).toBe(0);
  return run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "");
}

describe("names", () => {
  test("come from the files of this machine", async () => {
    expect(await candidates("obtain", ":")).toEqual([
      ":words",
      "alpha-1",
      "alpha-2",
      "beta",
      "colon:name",
      "written",
    ]);
    expect(await candidates("remove", ":")).toEqual([":words", "written"]);
    expect(await candidates("list", "--context", ":")).toEqual([":words", "general", "staging"]);
    expect(await candidates("list", "--source-profile", ":")).toEqual([
      ":words",
      "mine",
      "written",
    ]);
  });

  test("a snapshot of another table, a broken configuration or no home is no error", async () => {
    expect(await candidates("obtain", "--table", "another", ":al")).toEqual([":words"]);
    home.write(".letme/letme-config", "[general\n");
    expect(await candidates("obtain", ":al")).toEqual([":words"]);
    expect(await candidates("list", "--context", ":")).toEqual([":words"]);
    const run = await runLetme(["completion", "candidates", "--", "obtain", ":"], {
      home,
      environment: { HOME: "/nonexistent", USERPROFILE: "/nonexistent" },
    });
    expect(run.stdout).toBe(":words\n");
  });

  test("what a shell would read as more than a word is not offered", async () => {
    home.write(
      ".letme/.letme-cache",
      snapshot(["$(touch x)", "a b", "`x`", "a;b", "-rf", "=ls", "@x", "ok"]),
    );
    expect(await candidates("obtain", ":")).toEqual([":words", "ok", "written"]);
  });
});

describe("letme completion", () => {
  test.each([
    [["completion"], /needs <shell>/],
    [["completion", "bsh"], /did you mean `letme completion bash`/],
    [["completion", "bash", "zsh"], /one shell at a time/],
  ])("%j is refused", async (args, message) => {
    const run = await runLetme(args, { home });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
  });

  test("prints a script for PowerShell", async () => {
    const run = await runLetme(["completion", "powershell"], { home });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("Register-ArgumentCompleter -Native -CommandName letme");
  });
});

/** Starts an interactive shell in which letme's completion is in force. */
async function shell(command: readonly string[], setUp: string) {
  const terminal = startProgramInTerminal(command, { home, environment, cols: 120 });
  terminal.type(`${setUp}; echo re''ady\r`);
  await terminal.waitFor("ready\n");
  return terminal;
}

const has = (name: string) => process.platform !== "win32" && Bun.which(name) !== null;

describe("in the shells", () => {
  test.if(has("bash"))("bash", async () => {
    const terminal = await shell(
      [Bun.which("bash") ?? "", "--norc", "-i"],
      `bind 'set enable-bracketed-paste off'; bind 'set show-all-if-ambiguous on'; PS1='$ '; eval "$(letme completion bash)"`,
    );
    terminal.type("letme rem\t");
    await terminal.waitFor("ove ");
    terminal.type("wr\t");
    await terminal.waitFor("itten ");
    terminal.type("\x15letme obtain alph\t\t");
    await terminal.waitFor(/alpha-1 +alpha-2/);
    terminal.type("\x15letme obtain col\t");
    await terminal.waitFor("on:name ");
    terminal.type("\x15letme list --context=st\t");
    await terminal.waitFor("aging ");
    terminal.type("\x15letme list --registry-file ./b\t");
    await terminal.waitFor("in/");
    // What stands before the command on its line is not letme's.
    terminal.type("\x15X=1 letme rem\t");
    await terminal.waitFor("ove ");
    terminal.type("\x15echo letme list; letme rem\t");
    await terminal.waitFor("ove ");
    terminal.type("\x15exit\r");
    await terminal.exited;
  });

  test.if(has("zsh")).each([
    ["sourced", "autoload -U compinit; compinit -u -D; source <(letme completion zsh)"],
    [
      "from a folder of fpath",
      "mkdir f; letme completion zsh > f/_letme; fpath=($PWD/f $fpath); autoload -U compinit; compinit -u -D",
    ],
  ])("zsh, %s", async (_, setUp) => {
    const terminal = await shell([Bun.which("zsh") ?? "", "-f", "-i"], `PS1='$ '; ${setUp}`);
    terminal.type("letme rem\t");
    await terminal.waitFor(/ove/);
    terminal.type("wr\t");
    await terminal.waitFor(/itten/);
    terminal.type("\x15letme obtain alph\t\t");
    await terminal.waitFor(/alpha-1 +alpha-2/);
    terminal.type("\x15letme obtain col\t");
    await terminal.waitFor(/on:name/);
    terminal.type("\x15letme list --context=st\t");
    await terminal.waitFor(/aging/);
    terminal.type("\x15letme list --registry-file ./b\t");
    await terminal.waitFor(/in\//);
    terminal.type("\x15exit\r");
    await terminal.exited;
  });

  test.if(has("fish"))("fish", async () => {
    const ask = async (line: string) => {
      const script = `letme completion fish | source; complete -C '${line}'`;
      const run = startProgram([Bun.which("fish") ?? "", "--no-config", "-c", script], {
        home,
        environment,
      });
      const { stdout, stderr } = await run.result;
      expect(stderr).toBe("");
      return stdout.trimEnd().split("\n");
    };
    expect(await ask("letme rem")).toEqual(["remove\ttake profiles out of your AWS files again"]);
    expect(await ask("letme remove wr")).toEqual(["written"]);
    expect(await ask("letme obtain alph")).toEqual(["alpha-1", "alpha-2"]);
    expect(await ask("letme list --context=st")).toEqual(["--context=staging"]);
    expect(await ask("letme list --registry-file ./b")).toEqual(["./bin/"]);
  });
});
