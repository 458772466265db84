/** The gates that run a binary: for this machine's targets, and for foreign ones by qemu-user. */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callSts } from "../../../test/stand-in/client.ts";
import { type Home, newHome } from "../../../test/support/home.ts";
import { region, startOrganisation, table, user } from "../../../test/support/organisation.ts";
import type { Identity } from "./binary.ts";

/** How a binary is started: itself, or behind an emulator and its arguments. */
export type Starter = readonly string[];

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

// An emulator takes many times longer; one that hangs must not hold the release up.
const longestMilliseconds = 120_000;

/** What is wrong with a binary that runs; empty where nothing is. */
export async function runningProblems(
  start: Starter,
  identity: Identity,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const gate of [versionGate, hostileFolderGate, largeOutputGate, fullDiskGate, obtainGate]) {
    using home = newHome();
    const problem = await gate(start, home, identity);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

type RunningGate = (start: Starter, home: Home, identity: Identity) => Promise<string | undefined>;

const versionGate: RunningGate = async (start, home, { version, commit, target }) => {
  const { exitCode, stdout, stderr } = await run(start, ["--version"], home);
  const parts = [commit, target].filter((part) => part !== "");
  const expected = `letme ${version} (${parts.join(", ")})\n`;
  if (exitCode === 0 && stdout === expected && stderr === "") return undefined;
  return `--version gives ${exitCode} and ${JSON.stringify(stdout + stderr)}`;
};

/** A folder whose files want to be run, and to change the settings. */
const hostileFolderGate: RunningGate = async (start, home) => {
  const registry = home.write("accounts.toml", accounts(1));
  home.write(".letme/letme-config", `[general]\nregistry_file = ${JSON.stringify(registry)}\n`);
  const marker = join(home.path, "marker");
  home.write("hostile/run.js", `require("fs").writeFileSync(${JSON.stringify(marker)}, "run");`);
  home.write("hostile/bunfig.toml", 'preload = ["./run.js"]\n');
  home.write("hostile/.env", "LETME_REGISTRY_FILE=/nonexistent\nLETME_CONTEXT=hostile\n");
  const cwd = join(home.path, "hostile");
  const { exitCode, stdout } = await run(start, ["list"], home, { cwd });
  if (home.read("marker") !== undefined) return "it runs what a bunfig.toml names";
  if (exitCode !== 0 || !stdout.includes("account-0")) return "it honours an .env file";
  return undefined;
};

const largeOutputGate: RunningGate = async (start, home) => {
  const count = 6000;
  const registry = home.write("accounts.toml", accounts(count));
  const args = ["list", "-o", "json", "--registry-file", registry];
  const { exitCode, stdout } = await run(start, args, home);
  if (exitCode !== 0 || stdout.length < 1_000_000) {
    return `of 1 MB through a pipe ${stdout.length} bytes came, with exit code ${exitCode}`;
  }
  return JSON.parse(stdout).items.length === count ? undefined : "a large output lacks items";
};

const fullDiskGate: RunningGate = async (start, home) => {
  if (process.platform !== "linux") return undefined;
  const full = openSync("/dev/full", "w");
  try {
    const { exitCode } = await run(start, ["--help"], home, { stdout: full });
    return exitCode === 0 ? "it ends with 0 where the disk is full" : undefined;
  } finally {
    closeSync(full);
  }
};

/** The main job, with no variable but HOME: where AWS is, the config file says. */
const obtainGate: RunningGate = async (start, home) => {
  const standIn = await startOrganisation();
  try {
    home.write(
      ".aws/credentials",
      `[default]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
    );
    home.write(
      ".aws/config",
      `[default]\nregion = ${region}\nservices = here\n[services here]\nsts =\n  endpoint_url = ${standIn.sts.url}\ndynamodb =\n  endpoint_url = ${standIn.dynamodb.url}\n`,
    );
    const { exitCode, stderr } = await run(start, ["obtain", "example1", "--table", table], home);
    if (exitCode !== 0) return `obtain fails with ${exitCode}: ${stderr}`;
    const block = home.read(".aws/credentials")?.split("[example1]")[1] ?? "";
    const value = (key: string) => new RegExp(`^${key} = (\\S+)$`, "m").exec(block)?.[1] ?? "";
    const credentials = {
      accessKeyId: value("aws_access_key_id"),
      secretAccessKey: value("aws_secret_access_key"),
      sessionToken: value("aws_session_token"),
    };
    const reply = await callSts(standIn, credentials, { Action: "GetCallerIdentity" });
    return reply.text.includes("assumed-role/role0/") ? undefined : "what obtain wrote is no use";
  } finally {
    await standIn.stop();
  }
};

function accounts(count: number): string {
  const one = (index: number) =>
    `[account-${index}]\nrole = ["arn:aws:iam::000000000001:role/role0"]\nregion = ["${region}"]\n`;
  return Array.from({ length: count }, (_, index) => one(index)).join("\n");
}

async function run(
  start: Starter,
  args: readonly string[],
  home: Home,
  { cwd = home.path, stdout = "pipe" as "pipe" | number } = {},
): Promise<Run> {
  const child = Bun.spawn([...start, ...args], {
    cwd,
    env: { HOME: home.path },
    stdin: "ignore",
    stdout,
    stderr: "pipe",
    timeout: longestMilliseconds,
  });
  const [out, stderr, exitCode] = await Promise.all([
    child.stdout instanceof ReadableStream ? child.stdout.text() : "",
    child.stderr.text(),
    child.exited,
  ]);
  return { exitCode, stdout: out, stderr };
}

/** Puts a binary into a folder of its own, ready to be started. */
export function placeBinary(folder: string, name: string, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, bytes, { mode: 0o755 });
  return path;
}
