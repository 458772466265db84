/**
 * Compiles letme to one file a target: `bun run build` for this machine, or for the targets that
 * are named, as in `bun run build linux-arm64 windows-x64`. Each goes to `dist/<target>/letme`.
 * `bun run release` builds all of them by this and packs them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageFile from "../package.json";
import { signAdHoc } from "./release/mach-o-sign.ts";
import { checkedRuntime, installRuntimes } from "./release/runtimes.ts";
import { currentCommit } from "./source-state.ts";
import { installPackages, root } from "./steps.ts";

/** The targets that Bun compiles for, by the names of its `--target`. */
export const targets = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "windows-x64",
  "windows-arm64",
] as const;

export type Target = (typeof targets)[number];

/** The target that runs on this machine. */
export function thisTarget(): Target {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const musl = process.platform === "linux" && existsSync(`/lib/ld-musl-${muslName()}.so.1`);
  const name = `${system}-${process.arch}${musl ? "-musl" : ""}`;
  const target = targets.find((one) => one === name);
  if (target === undefined) throw new Error(`letme cannot be built for ${name}`);
  return target;
}

function muslName(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}

/** Where the binary of a target is put. */
export function binaryPath(target: Target): string {
  return join(root, "dist", target, target.startsWith("windows") ? "letme.exe" : "letme");
}

/** What compiles, and what the program is put into. */
export interface Toolchain {
  /** The Bun that bundles. */
  readonly compiler: string;
  /** The Bun that the program becomes a part of. */
  readonly runtime: string;
}

// How many times more often than usual code must run before Bun compiles it to machine code. Most runs
// of letme are over before that pays; src/io/effort.ts goes back to the usual for the others.
const jitPolicy = 30;

// A chunk of fewer bytes costs more to load as a module of its own than as a part of another.
const smallestChunk = 6000;

/** Compiles a program for a target; `bun build` ignores unknown flags, so tests look at the result. */
export function compile(
  source: string,
  outfile: string,
  target: Target,
  defines: Readonly<Record<string, string>> = {},
  { compiler, runtime }: Toolchain = { compiler: process.execPath, runtime: process.execPath },
): void {
  mkdirSync(join(outfile, ".."), { recursive: true });
  const result = Bun.spawnSync(
    [
      compiler,
      "build",
      "--compile",
      `--target=bun-${target}`,
      `--compile-executable-path=${runtime}`,
      "--format=esm",
      "--bytecode",
      "--minify",
      "--splitting",
      `--min-chunk-size=${smallestChunk}`,
      `--compile-jit-policy=${jitPolicy}`,
      "--sourcemap=none",
      "--reject-unresolved",
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-tsconfig",
      "--no-compile-autoload-package-json",
      ...Object.entries(defines).flatMap(([name, value]) => [
        "--define",
        `${name}=${JSON.stringify(value)}`,
      ]),
      source,
      "--outfile",
      outfile,
    ],
    // What acts on Bun before any code would act on the compiler too.
    { cwd: root, env: { ...process.env, BUN_OPTIONS: "" }, stdout: "pipe", stderr: "pipe" },
  );
  if (result.success) return;
  throw new Error(`compiling for ${target} failed:\n${result.stdout}${result.stderr}`);
}

/**
 * Compiles letme for a target and gives the binary's path. What cross-compiling leaves of the
 * signature of darwin-x64 is not valid, so that binary is signed anew.
 */
export function buildLetme(target: Target, toolchain?: Toolchain): string {
  const outfile = binaryPath(target);
  const defines = {
    LETME_VERSION: packageFile.version,
    LETME_COMMIT: currentCommit(),
    LETME_TARGET: target,
  };
  compile("src/main.ts", outfile, target, defines, toolchain);
  if (target === "darwin-x64") {
    writeFileSync(outfile, signAdHoc(readFileSync(outfile), "letme"));
  }
  return outfile;
}

/** Builds for these targets with the pinned runtimes; for this machine alone, Bun itself will do. */
async function build(chosen: readonly Target[]): Promise<void> {
  const here = thisTarget();
  const foreign = chosen.filter((target) => target !== here);
  await installRuntimes(foreign);
  for (const target of chosen) {
    const runtime = target === here ? process.execPath : checkedRuntime(target);
    console.log(buildLetme(target, { compiler: process.execPath, runtime }));
  }
}

if (import.meta.main) {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !targets.some((target) => target === name));
  if (unknown !== undefined) {
    console.error(`no target ${unknown}; there are: ${targets.join(", ")}`);
    process.exit(2);
  }
  await installPackages();
  const chosen = named.length === 0 ? [thisTarget()] : targets.filter((one) => named.includes(one));
  await build(chosen);
}
