import { describe, expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { region, user } from "../support/organisation.ts";
import {
  type Home,
  runLetme,
  runLetmeInTerminal,
  startProgram,
  startProgramInTerminal,
} from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ key: "name" }, (place) => {
  ({ standIn, home } = place);
});

const environment = () => ({ ...standIn.environment, PATH: process.env["PATH"] ?? "" });
const letme = (...args: string[]) => runLetme(args, { home, environment: environment() });
const isWindows = process.platform === "win32";

/** The words of a command that runs these lines; a signal that it waits for is never missed. */
const running = (lines: readonly string[]) => [process.execPath, "-e", lines.join("\n")];
/** The line of a program that waits for what comes, a minute at most. */
const staying = "setTimeout(() => undefined, 60_000);";

describe("exec", () => {
  test("the command has the credentials, its words as they are, and its exit code", async () => {
    const script = 'printf "%s|" "$LETME_EXEC" "$AWS_REGION" "$AWS_PROFILE" "$@"; cat; exit 7';
    const result = startProgram(
      [
        letmeBinary(),
        "exec",
        "example1",
        "--region",
        "us-west-2",
        "--",
        "sh",
        "-c",
        script,
        "sh",
        "a b",
        "",
        "-x",
        "--help",
      ],
      { home, environment: { ...environment(), AWS_PROFILE: "default" }, stdin: "from stdin" },
    ).result;
    expect(await result).toMatchObject({
      stdout: "example1|us-west-2||a b||-x|--help|from stdin",
      stderr: "",
      exitCode: 7,
    });
    expect(home.read(".aws/config")).toBeUndefined();
    expect(home.read(".aws/credentials")).not.toContain("example1");
  });

  test("without `--` too what stands behind the name is the command's", async () => {
    const script = 'echo "$LETME_EXEC $*"';
    const { stdout } = await letme(
      ...["exec", "example1", "sh", "-c", script, "sh", "--region", "x", "--help", "-v"],
    );
    expect(stdout).toBe("example1 --region x --help -v\n");
    for (const own of [["-h"], ["--region", "eu-west-2", "--help"]]) {
      expect((await letme("exec", "example1", ...own)).stdout).toContain("Usage:");
    }
  });

  test("no secret stands among the arguments of a process", async () => {
    const script =
      'tr "\\0" " " < /proc/$PPID/cmdline; tr "\\0" " " < /proc/$$/cmdline; echo; echo "$AWS_SECRET_ACCESS_KEY"';
    if (process.platform !== "linux") return;
    const { stdout } = await letme("exec", "example1", "--", "sh", "-c", script);
    const [line = "", secret = "none"] = stdout.split("\n");
    expect(line).toContain("exec example1");
    expect(line).not.toContain(secret);
  });

  test("one inside another starts from the same source", async () => {
    home.write(
      ".aws/credentials",
      (home.read(".aws/credentials") ?? "").replace("[default]", "[base]"),
    );
    home.write(".letme/letme-config", '[general]\ndynamodb_table = "accounts"\n');
    const inner = [
      letmeBinary(),
      "exec",
      "example2",
      "--",
      "sh",
      "-c",
      'echo "$LETME_EXEC $AWS_REGION"',
    ];
    const result = await startProgram([letmeBinary(), "exec", "example1", "--", ...inner], {
      home,
      environment: { ...environment(), AWS_PROFILE: "base", AWS_REGION: region },
    }).result;
    expect(result).toMatchObject({ stdout: "example2 us-east-1\n", stderr: "", exitCode: 0 });
    expect(new Set(standIn.log.of("dynamodb").map((one) => one.region))).toEqual(new Set([region]));
  });

  test.skipIf(isWindows)("programs that a letme inside runs see what was outside", async () => {
    home.write(
      "source.sh",
      'echo "key:$AWS_ACCESS_KEY_ID $AWS_PROFILE" >> "$HOME/seen"; cat "$HOME/keys.json"',
    );
    home.write(
      "keys.json",
      JSON.stringify({
        Version: 1,
        AccessKeyId: user.accessKeyId,
        SecretAccessKey: user.secretAccessKey,
      }),
    );
    home.write(
      ".aws/config",
      `[profile base]\nregion = ${region}\ncredential_process = sh ${home.path}/source.sh\n`,
    );
    home.write(".letme/letme-config", '[general]\ndynamodb_table = "accounts"\n');
    const inner = [letmeBinary(), "exec", "example2", "--", "true"];
    const { exitCode } = await startProgram([letmeBinary(), "exec", "example1", "--", ...inner], {
      home,
      environment: { ...environment(), AWS_PROFILE: "base" },
    }).result;
    expect(exitCode).toBe(0);
    const seen = (home.read("seen") ?? "").trimEnd().split("\n");
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set(["key: base"]));
  });

  test.each<[readonly string[], number, RegExp]>([
    [["exec"], 2, /needs <name>/],
    [["exec", "example1", "--", "no-such-command"], 127, /there is no command `no-such-command`/],
    [["exec", "example1", "--", "/etc/hosts"], 126, /cannot be run/],
    [["exec", "example1", "--region", "nowhere at all", "--", "true"], 2, /must be an AWS region/],
    [["exec", "closed", "--", "true"], 4, /AccessDenied/],
  ])("%j: exit %d", async (args, code, message) => {
    const { stdout, stderr, exitCode } = await letme(...args);
    expect(stderr).toMatch(message);
    expect([stdout, exitCode]).toEqual(["", code]);
  });

  describe.skipIf(isWindows)("signals and the terminal are the command's", () => {
    test.each([
      ["TERM", { signal: "SIGTERM" }],
      ["KILL", { signal: "SIGKILL" }],
      ["INT", { signal: "SIGINT" }],
      // letme has no core file written with credentials in it, and ignores SIGPIPE itself.
      ["SEGV", { signal: null, exitCode: 139 }],
      ["ABRT", { signal: null, exitCode: 134 }],
      ["PIPE", { signal: null, exitCode: 141 }],
    ])("SIG%s ends the command, and letme as a shell tells it", async (signal, end) => {
      const script = `ulimit -c 0; kill -${signal} $$`;
      expect(await letme("exec", "example1", "--", "sh", "-c", script)).toMatchObject(end);
    });

    test("a signal to letme reaches the command", async () => {
      const program = [
        'process.on("SIGTERM", () => { console.log("caught"); process.exit(3); });',
        'process.kill(process.ppid, "SIGTERM");',
        staying,
      ];
      const result = await letme(...["exec", "example1", "--", ...running(program)]);
      expect(result).toMatchObject({ exitCode: 3, stdout: "caught\n" });
    });

    test("^C goes to the command, which may go on", async () => {
      const script =
        'trap "echo caught" INT; echo ready; read line; echo "got $line"; tty >/dev/null && echo "on a terminal"';
      const terminal = runLetmeInTerminal(["exec", "example1", "--", "sh", "-c", script], {
        home,
        environment: environment(),
      });
      await terminal.waitFor("ready");
      terminal.type("\x03");
      await terminal.waitFor("caught");
      terminal.type("words\r");
      const { exitCode, screen } = await terminal.exited;
      expect(screen).toContain("on a terminal");
      expect(exitCode).toBe(0);
    });

    test("the window's size, and a change of it", async () => {
      const program = [
        'const size = () => Bun.spawnSync(["stty", "size"], { stdio: ["inherit", "inherit", "inherit"] });',
        'process.on("SIGWINCH", size);',
        "size();",
        'console.log("ready");',
        staying,
      ];
      const terminal = runLetmeInTerminal(["exec", "example1", "--", ...running(program)], {
        home,
        environment: environment(),
        cols: 90,
        rows: 30,
      });
      await terminal.waitFor("30 90");
      await terminal.waitFor("ready");
      terminal.resize(100, 40);
      await terminal.waitFor("40 100");
      terminal.type("\x03");
      expect(
        (await terminal.exited).exitCode === 130 || (await terminal.exited).signal === "SIGINT",
      ).toBe(true);
    });

    test.skipIf(Bun.which("bash") === null)("^Z stops it all, and fg goes on", async () => {
      const terminal = startProgramInTerminal(["bash", "--norc", "-i"], {
        home,
        environment: { ...environment(), PS1: "at-prompt> " },
      });
      await terminal.waitFor("at-prompt>");
      terminal.type(
        `'${letmeBinary()}' exec example1 -- sh -c 'trap "echo goes on" CONT; echo begun; until read line; do :; done; echo got-$line'\r`,
      );
      await terminal.waitFor(/^begun/m);
      terminal.type("\x1a");
      await terminal.waitFor("Stopped");
      await terminal.waitFor("at-prompt>");
      terminal.type("fg\r");
      await terminal.waitFor(/^goes on/m);
      terminal.type("words\r");
      await terminal.waitFor("got-words");
      terminal.type("exit\r");
      expect((await terminal.exited).exitCode).toBe(0);
    });

    test("without a command it is the user's shell", async () => {
      const result = startProgram([letmeBinary(), "exec", "example1"], {
        home,
        environment: { ...environment(), SHELL: "/bin/sh" },
        stdin: 'echo "in $LETME_EXEC"; exit 5\n',
      }).result;
      expect(await result).toMatchObject({ stdout: "in example1\n", exitCode: 5 });
    });
  });
});

test("options of letme stand on either side of the name", async () => {
  const { stdout, stderr, exitCode } = await letme(
    ...["exec", "-q", "example1", "--renew", "--", "sh", "-c", 'echo "$LETME_EXEC $*"', "sh", "-q"],
  );
  expect([stdout, stderr, exitCode]).toEqual(["example1 -q\n", "", 0]);
});
