/**
 * `bun run release`: everything that is released, into `dist`, from a clean checkout: the binaries
 * of all targets, their archives, the SBOM, the Homebrew formula, the Scoop manifest, the installer
 * and the checksums of all of them. The same commit gives the same bytes.
 */
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { installPackages, root, runStep } from "./steps.ts";

const started = performance.now();
const dist = join(root, "dist");

await step("packages", installPackages);
// Packages are there only now, so whatever needs them is imported here.
const { atMost } = await import("../src/at-most.ts");
const { buildLetme, targets, thisTarget } = await import("./build-targets.ts");
const { bundledPackages } = await import("./release/bundled.ts");
const { sharedPaths, writeShared } = await import("./release/content.ts");
const { renderFormula } = await import("./release/formula.ts");
const names = await import("./release/names.ts");
const runtimes = await import("./release/runtimes.ts");
const { renderSbom } = await import("./release/sbom.ts");
const { renderScoop } = await import("./release/scoop.ts");
const { currentCommit, isChanged, sourceTime } = await import("./source-state.ts");

if (Bun.version !== runtimes.bunVersion) {
  throw new Error(`a release needs Bun ${runtimes.bunVersion}, and this is ${Bun.version}`);
}
if (isChanged())
  console.log("warning: files differ from the commit; this is no release to publish");
// The bundler writes names of packages outside of the folder in another way.
if (lstatSync(join(root, "node_modules")).isSymbolicLink()) {
  console.log("warning: node_modules is a link; another checkout will not make the same bytes");
}
mkdirSync(dist, { recursive: true });
for (const old of readdirSync(dist)) {
  if (/^letme[._]|^checksums\.txt$|^install\.sh$/.test(old)) rmSync(join(dist, old));
}

await step("Bun's runtimes", () => runtimes.installRuntimes(targets));
const packages = await step("licences, completions, man page", async () => {
  const found = bundledPackages();
  await writeShared(found);
  return found;
});
const compiler = runtimes.checkedRuntime(thisTarget());
for (const target of targets) {
  await step(target, async () => {
    buildLetme(target, { compiler, runtime: runtimes.checkedRuntime(target) });
  });
}
await step("archives", async () => {
  const inTurn = atMost(navigator.hardwareConcurrency);
  const pack = async (target: (typeof targets)[number]) => {
    const packed = await runStep([process.execPath, "scripts/release/pack.ts", target]);
    if (!packed.ok) throw new Error(`packing ${target} failed:\n${packed.output}`);
    for (const name of names.archiveNames(target)) console.log(`  ${name}  ${megabytes(name)}`);
  };
  await Promise.all(targets.map((target) => inTurn(() => pack(target))));
});
await step("SBOM, formula, manifest, checksums", async () => {
  const archives = targets.flatMap(names.archiveNames);
  const hashOf = (name: string) =>
    new Bun.CryptoHasher("sha256").update(readFileSync(join(dist, name))).digest("hex");
  const source = { commit: currentCommit(), time: sourceTime() };
  const released = archives.map((name) => ({ name, bytes: readFileSync(join(dist, name)) }));
  writeFileSync(join(dist, names.sbomName), renderSbom(packages, released, source));
  writeFileSync(join(dist, names.formulaName), renderFormula(hashOf));
  writeFileSync(join(dist, names.scoopName), renderScoop(hashOf));
  cpSync(join(root, names.installerName), join(dist, names.installerName));
  const all = [
    ...archives,
    ...[names.sbomName, names.formulaName, names.scoopName, names.installerName],
  ];
  const lines = all.sort().map((name) => `${hashOf(name)}  ${name}\n`);
  writeFileSync(join(dist, names.checksumsName), lines.join(""));
});
console.log(
  `letme ${names.version} with ${sharedPaths.length} files beside each binary: ` +
    `done in ${((performance.now() - started) / 1000).toFixed(0)} s, in ${dist}`,
);

async function step<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  const before = performance.now();
  const result = await run();
  console.log(`ok ${name} (${((performance.now() - before) / 1000).toFixed(1)} s)`);
  return result;
}

function megabytes(name: string): string {
  return `${(Bun.file(join(dist, name)).size / 1e6).toFixed(1)} MB`;
}
