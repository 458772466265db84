/** What the project's commands share: running one step after another, on a machine with only Bun. */
import { join } from "node:path";

export const root = join(import.meta.dir, "..");

/** How a step ended. */
export interface StepResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program of the project to its end, in the project's folder or another, and keeps what it printed. */
export async function runStep(
  command: readonly string[],
  { cwd = root }: { readonly cwd?: string } = {},
): Promise<StepResult> {
  const child = Bun.spawn([...command], {
    cwd,
    env: process.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { ok: code === 0, output: stdout + stderr };
}

/** Installs exactly what the lock file names; ends the command where that fails. */
export async function installPackages(): Promise<void> {
  const installed = await runStep([process.execPath, "install", "--frozen-lockfile"]);
  if (installed.ok) return;
  console.error(installed.output);
  console.error("the packages could not be installed: check the network, then run this again");
  process.exit(1);
}

/** The command that runs a program of a development dependency with this Bun. */
export function packageProgram(path: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, join(root, "node_modules", path), ...args];
}
