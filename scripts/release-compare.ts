/**
 * `bun run release:compare`: proves that a release can be made again. Clones this commit into
 * another folder, makes the release there too, and compares every released file with that of
 * `dist`, byte for byte by its hash. Without a `dist` the release is made here first.
 */
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksumsName } from "./release/names.ts";
import { currentCommit, isChanged } from "./source-state.ts";
import { root, runStep, type StepResult } from "./steps.ts";

if (currentCommit() === "")
  throw new Error("this is no checkout: there is no commit to build again");
if (isChanged()) throw new Error("files differ from the commit: commit them, then compare");
if (lstatSync(join(root, "node_modules")).isSymbolicLink()) {
  throw new Error("node_modules is a link, which changes bytes: compare in a checkout of its own");
}
const sums = join(root, "dist", checksumsName);
if (!existsSync(sums))
  done("the release here", await runStep([process.execPath, "run", "release"]));

// A name of another length: a path that gets into a binary changes its size too.
const folder = mkdtempSync(join(tmpdir(), "letme-made-again-in-another-folder-"));
try {
  const clone = join(folder, "letme");
  done("the clone", await runStep(["git", "clone", "--quiet", root, clone]));
  done("the release there", await runStep([process.execPath, "run", "release"], { cwd: clone }));
  const there = hashes(join(clone, "dist"));
  const here = hashes(join(root, "dist"));
  const different = [...new Set([...here.keys(), ...there.keys()])].filter(
    (name) => here.get(name) !== there.get(name),
  );
  for (const name of different) console.log(`DIFFERENT ${name}`);
  console.log(
    different.length === 0
      ? `${here.size} files are byte for byte the same`
      : `${different.length} of ${here.size} files differ`,
  );
  process.exitCode = different.length === 0 && here.size > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The hash of each released file, as it is now and not as checksums.txt says it. */
function hashes(dist: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(dist, checksumsName), "utf8").trimEnd().split("\n");
  const names = [...lines.map((line) => line.slice(66)), checksumsName];
  return new Map(
    names.map((name) => {
      const bytes = readFileSync(join(dist, name));
      return [name, new Bun.CryptoHasher("sha256").update(bytes).digest("hex")];
    }),
  );
}

function done(name: string, { ok, output }: StepResult): void {
  if (!ok) throw new Error(`${name} failed:\n${output}`);
  console.log(`ok ${name}`);
}
