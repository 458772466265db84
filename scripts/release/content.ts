import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { completionScripts } from "../../src/cli/completion-scripts.ts";
import { commands } from "../../src/commands/index.ts";
import type { Target } from "../build-targets.ts";
import { sourceTime } from "../source-state.ts";
import { root } from "../steps.ts";
import type { BundledPackage } from "./bundled.ts";
import { thirdPartyLicences } from "./licences.ts";
import { renderManPage } from "./man-page.ts";
import { binaryName, version } from "./names.ts";
import type { ArchiveFile } from "./tar.ts";

/** Where what every archive holds beside its binary is put, by its path in the archive. */
export const sharedFolder = join(root, "dist/shared");

/** Paths in each archive, beside the binary, in their order. */
export const sharedPaths = [
  "LICENSE",
  "README.md",
  "THIRD-PARTY-LICENSES.txt",
  "completions/_letme",
  "completions/letme.bash",
  "completions/letme.fish",
  "completions/letme.ps1",
  "man/letme.1",
] as const;

/** Writes into `sharedFolder` what every archive holds beside its binary. */
export async function writeShared(packages: readonly BundledPackage[]): Promise<void> {
  const content: Readonly<Record<(typeof sharedPaths)[number], string>> = {
    LICENSE: readFileSync(join(root, "LICENSE"), "utf8"),
    "README.md": readFileSync(join(root, "README.md"), "utf8"),
    "THIRD-PARTY-LICENSES.txt": thirdPartyLicences(packages),
    "completions/_letme": completionScripts.zsh,
    "completions/letme.bash": completionScripts.bash,
    "completions/letme.fish": completionScripts.fish,
    "completions/letme.ps1": completionScripts.powershell,
    "man/letme.1": await renderManPage(commands, version, sourceTime()),
  };
  rmSync(sharedFolder, { recursive: true, force: true });
  for (const path of sharedPaths) {
    mkdirSync(dirname(join(sharedFolder, path)), { recursive: true });
    writeFileSync(join(sharedFolder, path), content[path]);
  }
}

/** The files of a target's archive. */
export function archiveFiles(target: Target, binary: Uint8Array): readonly ArchiveFile[] {
  const shared = sharedPaths.map((path) => {
    return { path, bytes: readFileSync(join(sharedFolder, path)), mode: 0o644 };
  });
  return [{ path: binaryName(target), bytes: binary, mode: 0o755 }, ...shared];
}
