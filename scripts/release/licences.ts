import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps.ts";
import type { BundledPackage } from "./bundled.ts";
import { bunVersion } from "./runtimes.ts";

/**
 * What Bun is made of, in `packaging/licenses`: after the page on its licence in the documentation
 * of that version, which `bun-types` brings. The texts that it names stand beside it.
 */
const overview = "bun.txt";
/** What only one part is under, below the same folder. */
const partsFolder = "bun";

/** The text of `THIRD-PARTY-LICENSES.txt`: of each bundled package, then of Bun and its parts. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  const folder = join(root, "packaging/licenses");
  const textsIn = (path: string) =>
    readdirSync(path)
      .filter((name) => name.endsWith(".txt") && name !== overview)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), "utf8")] as const);
  const chapters = [
    ...packages.map(({ name, version, license, licenseText }) => {
      return [`${name} ${version} (${license})`, licenseText] as const;
    }),
    [`Bun ${bunVersion}`, readFileSync(join(folder, overview), "utf8")] as const,
    ...textsIn(join(folder, partsFolder)),
    ...textsIn(folder),
  ];
  const rule = "=".repeat(78);
  return [
    "letme is made of its own code (see LICENSE), of these packages, and of Bun.\n",
    ...chapters.map(([title, text]) => `${rule}\n${title}\n${rule}\n\n${text.trimEnd()}\n`),
  ].join("\n");
}
