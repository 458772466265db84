import { expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { user } from "../support/organisation.ts";
import { type Home, runLetmeInTerminal, startProgramInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ settings: { mfa_arn: user.mfaSerial } }, (place) => {
  ({ standIn, home } = place);
});

async function prompted() {
  const terminal = runLetmeInTerminal(["obtain", "guarded"], {
    home,
    environment: standIn.environment,
  });
  await terminal.waitFor("Enter MFA one time pass code:");
  return terminal;
}

test.skipIf(process.platform === "win32")(
  "a terminal that does not say its size has whole lines all the same",
  async () => {
    const script = 'stty cols 0 rows 0 </dev/tty; exec "$0" obtain guarded';
    const terminal = startProgramInTerminal(["/bin/sh", "-c", script, letmeBinary()], {
      home,
      environment: { ...standIn.environment, PATH: process.env["PATH"] },
    });
    await terminal.waitFor(/Enter MFA one time pass code:\n/);
    terminal.type("\x03");
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(130);
    expect(screen).not.toMatch(/^\S\n\S\n\S$/m);
  },
);

// What a prompt says between its movements of the cursor.
const colour = /\u001b\[(?:[1-9]\d*;)*[1-9]\d*m/;

test.each<[string, readonly string[], Readonly<Record<string, string>>, boolean]>([
  ["as it is", [], {}, true],
  ["--color never", ["--color", "never"], { FORCE_COLOR: "1" }, false],
  ["--color always", ["--color", "always"], { NO_COLOR: "1" }, true],
  ["NO_COLOR before FORCE_COLOR", [], { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["TERM=dumb", [], { TERM: "dumb" }, false],
])("colour of a prompt: %s", async (_, options, variables, expected) => {
  const terminal = runLetmeInTerminal(["obtain", "guarded", ...options], {
    home,
    environment: { ...standIn.environment, TERM: "xterm", ...variables },
  });
  await terminal.waitFor("Enter MFA one time pass code:");
  terminal.type("\x1b");
  const { exitCode, screen } = await terminal.exited;
  expect(exitCode).toBe(130);
  expect(screen).toContain("hint: run the command again");
  expect(colour.test(terminal.raw)).toBe(expected);
});

/** The last word on the cursor is that it is shown. */
function expectCursor(raw: string): void {
  expect(raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(raw.lastIndexOf("\u001b[?25l"));
}

test.each([
  ["^D", "\x04"],
  ["^D behind digits", "12\x04"],
])("%s cancels, as ^C does", async (_, keys) => {
  const terminal = await prompted();
  terminal.type(keys);
  const { exitCode, screen } = await terminal.exited;
  expect(exitCode).toBe(130);
  expect(screen).toContain("letme: cancelled, nothing was changed");
  expectCursor(terminal.raw);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s ends the program, with the cursor shown again",
  async (signal) => {
    const terminal = await prompted();
    terminal.kill(signal);
    const ended = await terminal.exited;
    expect(ended.signal === signal || ended.exitCode === 130).toBe(true);
    expectCursor(terminal.raw);
    expect(home.read(".aws/config")).toBeUndefined();
  },
);

test.skipIf(process.platform === "win32")(
  "a terminal that is closed ends the program",
  async () => {
    const terminal = await prompted();
    terminal.hangUp();
    const { exitCode, signal } = await terminal.exited;
    expect([signal, exitCode]).toEqual(["SIGHUP", null]);
  },
);

test.skipIf(Bun.which("bash") === null || process.platform === "win32")(
  "behind ^Z and fg a key is heard again",
  async () => {
    const terminal = startProgramInTerminal(["bash", "--norc", "-i"], {
      home,
      environment: { ...standIn.environment, PS1: "at-prompt> ", TERM: "xterm" },
    });
    await terminal.waitFor("at-prompt>");
    terminal.type(`'${letmeBinary()}' obtain guarded\r`);
    await terminal.waitFor("Enter MFA one time pass code:");
    terminal.type("\x1a");
    await terminal.waitFor("Stopped");
    await terminal.waitFor("at-prompt>");
    terminal.type("fg\r");
    await terminal.waitFor("obtain guarded");
    // The shell tells of it before it has handed the terminal over, so one ^C may be the shell's.
    const pressing = setInterval(() => terminal.type("\x03"), 100);
    await terminal.waitFor("at-prompt>").finally(() => clearInterval(pressing));
    terminal.type("exit\r");
    await terminal.exited;
  },
);

test("a paste that is no answer cancels, and is not drawn key by key", async () => {
  const terminal = await prompted();
  terminal.type("x".repeat(20_000));
  const { exitCode, screen } = await terminal.exited;
  expect(exitCode).toBe(130);
  expect(screen).toContain("letme: cancelled, nothing was changed");
});
