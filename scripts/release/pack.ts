/**
 * Packs one target's binary into its archives in `dist`: a process of its own for each, since
 * packing is what a release takes longest for. `bun scripts/release/pack.ts TARGET`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binaryPath, targets } from "../build-targets.ts";
import { sourceTime } from "../source-state.ts";
import { root } from "../steps.ts";
import { archiveFiles } from "./content.ts";
import { archiveNames } from "./names.ts";
import { writeTar } from "./tar.ts";
import { writeZip } from "./zip.ts";

// A higher level takes ten times longer for a tenth less.
const zstdLevel = 12;

const target = targets.find((one) => one === process.argv[2]);
if (target === undefined) throw new Error(`which target? There are: ${targets.join(", ")}`);
const files = archiveFiles(target, readFileSync(binaryPath(target)));
const time = sourceTime();
for (const name of archiveNames(target)) {
  writeFileSync(join(root, "dist", name), packed(name));
}

function packed(name: string): Uint8Array {
  if (name.endsWith(".zip")) return writeZip(files, time);
  const tar = new Uint8Array(writeTar(files, time));
  return name.endsWith(".zst")
    ? Bun.zstdCompressSync(tar, { level: zstdLevel })
    : // Its header has no time and no name; zlib's bytes may depend on the CPU, these do not.
      Bun.gzipSync(tar, { library: "libdeflate", level: 9 });
}
