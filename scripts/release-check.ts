/**
 * `bun run release:check`: looks at all that `bun run release` made, as somebody who downloads it,
 * and refuses the release where a gate does. What cannot run on this machine is named. With
 * `--tag TAG` the version must be that of the tag; else the tags of the commit count.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPackages, root } from "./steps.ts";

const { values } = parseArgs({ options: { tag: { type: "string" } } });
const started = performance.now();
await installPackages();
// Packages are there only now, so whatever needs them is imported here.
const { targets, thisTarget } = await import("./build-targets.ts");
const { bundledPackages } = await import("./release/bundled.ts");
const { gateFixtures } = await import("./release/fixtures.ts");
const { archiveProblems, readArchive } = await import("./release/gates/archive.ts");
const { binaryProblems } = await import("./release/gates/binary.ts");
const { installerProblems } = await import("./release/gates/installer.ts");
const gates = await import("./release/gates/release.ts");
const { placeBinary, runningProblems } = await import("./release/gates/running.ts");
const { starterOf } = await import("./release/gates/starter.ts");
const { signAdHoc } = await import("./release/mach-o-sign.ts");
const { archiveNames, binaryName, version } = await import("./release/names.ts");
const { currentCommit, currentTags } = await import("./source-state.ts");

const dist = join(root, "dist");
const folder = mkdtempSync(join(tmpdir(), "letme-check-"));
let refused = 0;

try {
  checkGates();
  const tags = values.tag === undefined ? currentTags() : [values.tag];
  report("tag", gates.tagProblems(tags));
  report("checksums.txt", await attempt(() => gates.checksumProblems(dist)));
  report("formula and manifest", await attempt(() => gates.packagingProblems(dist)));
  const packages = bundledPackages().map(({ name }) => name);
  report("SBOM", await attempt(() => gates.sbomProblems(dist, packages)));
  for (const target of targets) await checkTarget(target);
  if (process.platform !== "win32") {
    const identity = { target: thisTarget(), version, commit: currentCommit() };
    report("install.sh", await attempt(() => installerProblems(dist, identity)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  refused === 0
    ? `letme ${version} may be released; checked in ${seconds} s`
    : `letme ${version} must not be released: ${refused} refused; checked in ${seconds} s`,
);
process.exitCode = refused === 0 ? 0 : 1;

/** A gate that lets a broken fixture through, or refuses a sound one, refuses everything. */
function checkGates(): void {
  for (const { name, bytes, identity, refusedFor } of gateFixtures()) {
    const problems = binaryProblems(bytes, identity);
    const right =
      refusedFor === undefined
        ? problems.length === 0
        : problems.some((problem) => refusedFor.test(problem));
    const said = problems.join("; ") || "nothing";
    report(`fixture: ${name}`, right ? [] : [`the gate said of it: ${said}`]);
  }
}

async function checkTarget(target: (typeof targets)[number]): Promise<void> {
  const identity = { target, version, commit: currentCommit() };
  let first: Uint8Array | undefined;
  for (const name of archiveNames(target)) {
    try {
      const files = readArchive(join(dist, name));
      const problems = [...archiveProblems(files, target)];
      const binary = files.find(({ path }) => path === binaryName(target))?.bytes;
      first ??= binary;
      if (binary !== undefined && first !== undefined && Buffer.compare(binary, first) !== 0) {
        problems.push("its binary is another than that of the first archive");
      }
      report(name, problems);
    } catch (error) {
      report(name, [error instanceof Error ? error.message : String(error)]);
    }
  }
  if (first === undefined) return;
  const raw = `${(first.length / 1e6).toFixed(1)} MB`;
  report(`${target}: binary, ${raw}`, binaryProblems(first, identity));
  if (target === "darwin-arm64") {
    // Bun signs this one itself, so it can judge the signer that signs the other.
    const same = Buffer.compare(signAdHoc(first, "a.out"), first) === 0;
    report("signer", same ? [] : ["it signs darwin-arm64 in another way than Bun does"]);
  }
  const binary = placeBinary(join(folder, target), binaryName(target), first);
  const start = starterOf(target, binary);
  if ("why" in start) console.log(`--     ${target}: not run, ${start.why}`);
  else report(`${target}: run`, await attempt(() => runningProblems(start, identity)));
}

/** What a gate says, or why it could say nothing. */
async function attempt(
  gate: () => readonly string[] | Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await gate();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function report(name: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? "ok    " : "REFUSED"} ${name}`);
  for (const problem of problems) console.log(`         ${problem}`);
  if (problems.length > 0) refused++;
}
