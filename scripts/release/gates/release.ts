/** The gates for a release as a whole: what its files say of each other. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Target, targets } from "../../build-targets.ts";
import {
  archiveNames,
  checksumsName,
  downloads,
  formulaName,
  installerName,
  sbomName,
  scoopName,
  version,
} from "../names.ts";

/** What is wrong with the tags of the commit; empty where it has none, or the version's. */
export function tagProblems(tags: readonly string[]): readonly string[] {
  const releases = tags.filter((tag) => /^v\d/.test(tag));
  if (releases.length === 0 || releases.includes(`v${version}`)) return [];
  return [`the tag is ${releases.join(", ")}, and package.json says ${version}`];
}

/** What is wrong with `checksums.txt` of a folder; empty where it names each file with its hash. */
export function checksumProblems(dist: string): readonly string[] {
  const lines = readFileSync(join(dist, checksumsName), "utf8").trimEnd().split("\n");
  const stated = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const released = [
    ...targets.flatMap(archiveNames),
    ...[sbomName, formulaName, scoopName, installerName],
  ];
  const there = readdirSync(dist);
  return [
    ...released.filter((name) => !there.includes(name)).map((name) => `${name} is missing`),
    ...released.filter((name) => !stated.has(name)).map((name) => `it does not name ${name}`),
    ...[...stated.keys()]
      .filter((name) => !released.includes(name))
      .map((name) => `it names ${name}`),
    ...released
      .filter((name) => there.includes(name) && stated.get(name) !== hashOf(join(dist, name)))
      .map((name) => `the hash of ${name} is another`),
  ];
}

/** What is wrong with formula and manifest: each archive of their systems, with its right hash. */
export function packagingProblems(dist: string): readonly string[] {
  const scoop = JSON.parse(readFileSync(join(dist, scoopName), "utf8"));
  const formula = readFileSync(join(dist, formulaName), "utf8");
  const manifest = JSON.stringify(scoop.architecture);
  const inFormula: readonly Target[] = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];
  const inManifest: readonly Target[] = ["windows-x64", "windows-arm64"];
  const missing = (name: string, text: string, wanted: readonly Target[], between: string) =>
    wanted
      .map((target) => archiveNames(target)[0])
      .filter((archive) => {
        const parts = text.split(`${downloads}/${archive}"`);
        return parts[1]?.startsWith(`${between}"${hashOf(join(dist, archive))}"`) !== true;
      })
      .map((archive) => `${name} does not lead to ${archive} with its hash`);
  return [
    ...missing(formulaName, formula, inFormula, "\n      sha256 "),
    ...missing(scoopName, manifest, inManifest, ',"hash":'),
  ];
}

/** What is wrong with the SBOM: it must name Bun, and every package with version and licence. */
export function sbomProblems(dist: string, packages: readonly string[]): readonly string[] {
  const { packages: named } = JSON.parse(readFileSync(join(dist, sbomName), "utf8"));
  const byName = new Map<string, { versionInfo?: string; licenseDeclared?: string }>(
    named.map((one: { name: string }) => [one.name, one]),
  );
  return [...packages, "bun", "letme"].flatMap((name) => {
    const one = byName.get(name);
    if (one === undefined) return [`it does not name ${name}`];
    const says = Boolean(one.versionInfo) && Boolean(one.licenseDeclared);
    return says ? [] : [`${name} has no version or no licence`];
  });
}

function hashOf(path: string): string {
  return new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");
}
