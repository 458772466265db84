import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { newHome } from "../support/home.ts";
import { startProgram, startProgramInTerminal } from "../support/run-letme.ts";
import { plainText } from "../support/terminal.ts";

// The harness is tried on Bun itself, which is there on every system; on `sh` where it is one.
const BUN = process.execPath;
const onUnix = describe.skipIf(process.platform === "win32");

describe("a home", () => {
  test("is written, read and removed", () => {
    const home = newHome();
    expect(home.read(".aws/config")).toBeUndefined();
    expect(home.write(".aws/config", "[default]\n")).toBe(home.awsConfig);
    expect(home.read(".aws/config")).toBe("[default]\n");
    home.dispose();
    expect(existsSync(home.path)).toBe(false);
  });

  test("has an environment that knows nothing of the one around it", async () => {
    using home = newHome();
    const child = startProgram([BUN, "-e", "console.log(JSON.stringify(process.env))"], {
      home,
      environment: { LETME_CONTEXT: "dev", LETME_TABLE: undefined },
    });
    const { stdout } = await child.result;
    const environment: Record<string, string> = JSON.parse(stdout);
    expect(environment["PATH"]).toBe("");
    expect(environment["LETME_CONTEXT"]).toBe("dev");
    expect(environment[process.platform === "win32" ? "USERPROFILE" : "HOME"]).toBe(home.path);
    expect(Object.keys(environment).filter((name) => name.startsWith("AWS_"))).toEqual([
      // No test looks for the metadata of the machine that it happens to run on.
      "AWS_EC2_METADATA_DISABLED",
    ]);
    expect(home.environment({ PATH: undefined })["PATH"]).toBeUndefined();
  });
});

describe("a program without a terminal", () => {
  test("gives its streams and exit code", async () => {
    using home = newHome();
    const program = `
      const text = await Bun.stdin.text();
      console.log(text.toUpperCase(), process.cwd());
      console.error("oh");
      process.exitCode = 3;`;
    const child = startProgram([BUN, "-e", program], { home, stdin: "hello" });
    expect(await child.result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: `HELLO ${home.path}\n`,
      stderr: "oh\n",
    });
  });

  test("is ended when it takes too long", async () => {
    using home = newHome();
    const child = startProgram([BUN, "-e", "setInterval(() => {}, 1000)"], {
      home,
      timeoutMilliseconds: 1,
    });
    await expect(child.result).rejects.toThrow("took over 1 ms");
    await child.result.catch(() => undefined);
  });
});

onUnix("a program on Unix", () => {
  test("without a terminal cannot open one", async () => {
    using home = newHome();
    const script = "if (: </dev/tty) 2>/dev/null; then echo terminal; else echo none; fi";
    const child = startProgram(["/bin/sh", "-c", script], { home });
    expect((await child.result).stdout).toBe("none\n");
  });

  test("can be sent signals", async () => {
    using home = newHome();
    const child = startProgram(["/bin/sh", "-c", "kill -STOP $$; echo never"], { home });
    child.kill("SIGKILL");
    expect(await child.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  test("in a terminal has it as its streams and as /dev/tty", async () => {
    using home = newHome();
    const script =
      'test -t 0 && test -t 1 && test -t 2 && echo streams; printf "code: " >/dev/tty; read -r x </dev/tty; echo "got $x"; exit 7';
    const terminal = startProgramInTerminal(["/bin/sh", "-c", script], { home });
    await terminal.waitFor("code: ");
    terminal.type("123456\r");
    expect(await terminal.waitFor(/got (\d+)/)).toContain("got 123456");
    const { exitCode, signal, screen } = await terminal.exited;
    expect({ exitCode, signal }).toEqual({ exitCode: 7, signal: null });
    expect(screen).toBe("streams\ncode: 123456\ngot 123456\n");
    expect(terminal.screen).toBe(screen);
  });

  test("in a terminal is interrupted by ^C", async () => {
    using home = newHome();
    const terminal = startProgramInTerminal(["/bin/sh", "-c", "echo ready; read -r x"], { home });
    await terminal.waitFor("ready");
    terminal.type("\x03");
    expect(await terminal.exited).toMatchObject({ exitCode: null, signal: "SIGINT" });
  });

  test("each wait goes on after the last", async () => {
    using home = newHome();
    const script = 'for x in 1 2; do printf "code? "; read -r y; done';
    const terminal = startProgramInTerminal(["/bin/sh", "-c", script], { home });
    for (const keys of ["one\r", "two\r"]) {
      await terminal.waitFor("code? ");
      terminal.type(keys);
    }
    expect((await terminal.exited).screen).toBe("code? one\ncode? two\n");
  });

  test("a wait fails when the program ends, or takes too long", async () => {
    using home = newHome();
    const ending = startProgramInTerminal(["/bin/sh", "-c", "echo done"], { home });
    await expect(ending.waitFor("never")).rejects.toThrow(
      "did not appear before the program ended",
    );
    await ending.exited;
    await expect(ending.waitFor("never")).rejects.toThrow(
      "did not appear before the program ended",
    );
    expect(await ending.waitFor("done")).toBe("done\n");
    const waiting = startProgramInTerminal(["/bin/sh", "-c", "read -r x"], {
      home,
      timeoutMilliseconds: 1,
    });
    await expect(waiting.waitFor("never")).rejects.toThrow("did not appear within 1 ms");
    await expect(waiting.exited).rejects.toThrow();
    await waiting.exited.catch(() => undefined);
  });

  test("the terminal has the size that was asked for", async () => {
    using home = newHome();
    const terminal = startProgramInTerminal(
      [BUN, "-e", "console.log(process.stdout.columns, process.stdout.rows)"],
      { home, cols: 101, rows: 33 },
    );
    expect((await terminal.exited).screen).toContain("101 33");
  });
});

test("a screen has no escape sequences, whole or half", () => {
  expect(plainText("\x1b[31mred\x1b[0m\r\n\x1b]0;title\x07ok\x1b[2")).toBe("red\nok");
});

test("the home's paths are where the AWS tools look", () => {
  using home = newHome();
  expect(home.awsCredentials).toBe(join(home.path, ".aws", "credentials"));
  expect(home.letmeConfig).toBe(join(home.path, ".letme", "letme-config"));
});
