/** Where the demo plays: a home of its own, AWS on loopback, and the compiled binary. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";
import { callSts } from "../test/stand-in/client.ts";
import { type Home, newHome } from "../test/support/home.ts";
import { startOrganisation } from "../test/support/organisation.ts";
import type { StandIn } from "../test/support/stand-in.ts";

/** What a command must do, so that the demo counts as done. */
export interface Expectation {
  readonly exitCode: number;
  /** Texts that must be in what it prints. */
  readonly prints?: readonly string[];
  /** Shows only the lines up to this many. */
  readonly showLines?: number;
}

export interface Stage {
  readonly home: Home;
  readonly standIn: StandIn;
  /** What did not go as it should, for the end. */
  readonly problems: readonly string[];
  /** A line of explanation. */
  readonly say: (text: string) => void;
  /** Lines that no command printed: parts of files. */
  readonly show: (text: string) => void;
  /** Runs letme, shows the command and what it printed, and gives that back. */
  readonly letme: (args: readonly string[], expected: Expectation) => Promise<string>;
  /** Notes a problem where `right` is false. */
  readonly check: (what: string, right: boolean) => void;
  /** For whom STS takes the profile, read from the AWS files as AWS's own tools read it. */
  readonly callerOf: (profile: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

// A command of the demo takes a fraction of a second; one that hangs must not hold it up.
const commandMilliseconds = 20_000;

/** Starts the stand-in and makes the home; `close` ends and removes both. */
export async function openStage(binary: string): Promise<Stage> {
  const standIn = await startOrganisation();
  const home = newHome();
  const problems: string[] = [];
  let closed = false;
  let running: Running | undefined;
  const check = (what: string, right: boolean) => {
    if (right) return;
    problems.push(what);
    console.log(`!! ${what}`);
  };
  return {
    home,
    standIn,
    problems,
    check,
    say: (text) => console.log(`\n# ${text}`),
    show: (text) => console.log(text.trimEnd().replaceAll(home.path, "~")),
    letme: async (args, expected) => {
      // Interrupted: the process ends as soon as everything is cleaned up.
      if (closed) return new Promise<never>(() => {});
      const command = ["letme", ...args.map(quoted)].join(" ");
      console.log(`$ ${command}`);
      running = start([binary, ...args], home, standIn.environment);
      const { exitCode, output } = await running.result;
      const lines = output.trimEnd().split("\n");
      const shown = lines.slice(0, expected.showLines ?? lines.length);
      if (output !== "") console.log(shown.join("\n").replaceAll(home.path, "~"));
      if (shown.length < lines.length) console.log(`… ${lines.length - shown.length} lines more`);
      if (exitCode !== 0) console.log(`(exit code ${exitCode})`);
      check(
        `\`${command}\` ended with ${exitCode}, not ${expected.exitCode}`,
        exitCode === expected.exitCode,
      );
      for (const text of expected.prints ?? []) {
        check(`\`${command}\` did not print ${JSON.stringify(text)}`, output.includes(text));
      }
      return output;
    },
    callerOf: (profile) => callerOf(profile, home, standIn),
    close: async () => {
      closed = true;
      running?.kill();
      await running?.result;
      await standIn.stop();
      home.dispose();
    },
  };
}

interface Running {
  readonly result: Promise<{ readonly exitCode: number; readonly output: string }>;
  readonly kill: () => void;
}

/** Both streams go into one file, so that their lines stand in the order of a terminal. */
function start(
  command: readonly string[],
  home: Home,
  environment: Readonly<Record<string, string>>,
): Running {
  const path = join(home.path, "output");
  const descriptor = openSync(path, "w", 0o600);
  const child = Bun.spawn([...command], {
    cwd: home.path,
    env: home.environment({ ...environment, CI: "true" }),
    stdin: "ignore",
    stdout: descriptor,
    stderr: descriptor,
    timeout: commandMilliseconds,
    killSignal: "SIGKILL",
  });
  const finish = async () => {
    const exitCode = await child.exited;
    closeSync(descriptor);
    return { exitCode, output: readFileSync(path, "utf8") };
  };
  return { result: finish(), kill: () => child.kill() };
}

async function callerOf(profile: string, home: Home, standIn: StandIn): Promise<string> {
  const files = await loadSharedConfigFiles({
    filepath: home.awsCredentials,
    configFilepath: home.awsConfig,
    ignoreCache: true,
  });
  const keys = files.credentialsFile[profile];
  const reply = await callSts(
    standIn,
    {
      accessKeyId: keys?.["aws_access_key_id"] ?? "",
      secretAccessKey: keys?.["aws_secret_access_key"] ?? "",
      sessionToken: keys?.["aws_session_token"] ?? "",
    },
    { Action: "GetCallerIdentity" },
  );
  return /<Arn>(.*)<\/Arn>/.exec(reply.text)?.[1] ?? `nobody (${reply.status})`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
