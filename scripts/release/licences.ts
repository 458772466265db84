import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps.ts";
import type { BundledPackage } from "./bundled.ts";
import { bunVersion } from "./runtimes.ts";

/** Texts that Bun and what it links are under, in `packaging/licenses`. */
const bunTexts = ["bun.txt", "LGPL-2.0.txt", "LGPL-2.1.txt", "Apache-2.0.txt"];

/** The text of `THIRD-PARTY-LICENSES.txt`: of each bundled package, then of Bun. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  const read = (file: string) => readFileSync(join(root, "packaging/licenses", file), "utf8");
  const chapters = [
    ...packages.map(({ name, version, license, licenseText }) => {
      return [`${name} ${version} (${license})`, licenseText] as const;
    }),
    ...bunTexts.map(
      (file) => [file === "bun.txt" ? `Bun ${bunVersion}` : file, read(file)] as const,
    ),
  ];
  const rule = "=".repeat(78);
  return [
    "letme is made of its own code (see LICENSE), of these packages, and of Bun.\n",
    ...chapters.map(([title, text]) => `${rule}\n${title}\n${rule}\n\n${text.trimEnd()}\n`),
  ].join("\n");
}
