/**
 * Bun's own binaries, one a target, that `bun build --compile` puts letme into. They are packages,
 * named with their hashes in `packaging/runtimes`, so that nothing else gets into a release.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import runtimePackages from "../../packaging/runtimes/package.json";
import hashes from "../../packaging/runtimes/sha256.json";
import type { Target } from "../build-targets.ts";
import { root, runStep } from "../steps.ts";

const folder = join(root, "packaging/runtimes");

/** The version of Bun that letme is made of. */
export const bunVersion = runtimePackages.dependencies["@oven/bun-linux-x64"];

/** SHA-256 of each target's runtime, in hexadecimal. */
export const runtimeHashes: Readonly<Record<Target, string>> = hashes;

/** Fetches the runtimes that are not there yet, by the lock file. Throws where that fails. */
export async function installRuntimes(targets: readonly Target[]): Promise<void> {
  if (targets.every((target) => existsSync(runtimePath(target)))) return;
  const installed = await runStep(
    [process.execPath, "install", "--frozen-lockfile", "--linker=hoisted", "--cpu=*", "--os=*"],
    { cwd: folder },
  );
  if (!installed.ok) throw new Error(`Bun's runtimes cannot be fetched:\n${installed.output}`);
}

/** Where a target's runtime is once it is installed. */
export function runtimePath(target: Target): string {
  const name = target.replace("-arm64", "-aarch64");
  const file = target.startsWith("windows") ? "bun.exe" : "bun";
  return join(folder, "node_modules/@oven", `bun-${name}`, "bin", file);
}

/** The path of a target's runtime. Throws where its bytes are not those that are pinned. */
export function checkedRuntime(target: Target): string {
  const path = runtimePath(target);
  const found = new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");
  if (found === runtimeHashes[target]) return path;
  throw new Error(
    `the Bun runtime of ${target} is not the pinned one: ${path} has SHA-256 ${found}, and packaging/runtimes/sha256.json says ${runtimeHashes[target]}; delete packaging/runtimes/node_modules to fetch it again`,
  );
}
