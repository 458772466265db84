import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { root } from "../steps.ts";

/** A package whose code is in the binary. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as its package.json says it. */
  readonly license: string;
  readonly licenseText: string;
}

/** The packages that the bundler puts into letme, sorted by name. Throws where one has no licence. */
export function bundledPackages(): readonly BundledPackage[] {
  const folders = new Set(
    bundledFiles().flatMap((file) => {
      const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
      return match === null ? [] : [match[0]];
    }),
  );
  return [...folders].map(readPackage).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The absolute paths of all files that the bundler takes in, with `/`. */
function bundledFiles(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "letme-bundle-"));
  try {
    const metafile = join(folder, "meta.json");
    const result = Bun.spawnSync(
      [
        ...[process.execPath, "build", "--target=bun", "--splitting", `--metafile=${metafile}`],
        ...[`--outdir=${folder}`, "src/main.ts"],
      ],
      { cwd: root, stdout: "ignore", stderr: "pipe" },
    );
    if (!result.success) throw new Error(`bundling failed:\n${result.stderr}`);
    const { inputs } = JSON.parse(readFileSync(metafile, "utf8"));
    return Object.keys(inputs).map((file) => resolve(root, file).replaceAll("\\", "/"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  if (typeof license !== "string" || file === undefined) {
    throw new Error(`${name} does not say its licence: see ${dirname(folder)}`);
  }
  return { name, version, license, licenseText: readFileSync(join(folder, file), "utf8") };
}
