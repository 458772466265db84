import packageFile from "../../package.json";
import type { Target } from "../build-targets.ts";

/** The version that is released: that of package.json. */
export const version = packageFile.version;

/** Where releases are downloaded from. */
export const repository = "https://github.com/lockedinspace/letme";
export const downloads = `${repository}/releases/download/v${version}`;

/** The archives of a target, by the names that installers look for; the first is for everybody. */
export function archiveNames(target: Target): readonly [string, ...string[]] {
  const [system, cpu, libc] = target.split("-");
  const architecture = cpu === "x64" ? "amd64" : "arm64";
  const stem = `letme_${version}_${system}_${architecture}${libc === undefined ? "" : `_${libc}`}`;
  return system === "windows" ? [`${stem}.zip`] : [`${stem}.tar.gz`, `${stem}.tar.zst`];
}

export function binaryName(target: Target): string {
  return target.startsWith("windows") ? "letme.exe" : "letme";
}

export const sbomName = `letme_${version}.spdx.json`;
export const checksumsName = "checksums.txt";
export const formulaName = "letme.rb";
export const scoopName = "letme.json";
export const installerName = "install.sh";
