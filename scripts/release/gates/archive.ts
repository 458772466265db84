/** The gate for archives: what is in them, and what it may do. */
import { readFileSync } from "node:fs";
import type { Target } from "../../build-targets.ts";
import { sharedPaths } from "../content.ts";
import { binaryName } from "../names.ts";
import { type ArchiveFile, readTar } from "../tar.ts";
import { readZip } from "../zip.ts";

/** Reads an archive of any of the three forms. Throws for a damaged one. */
export function readArchive(path: string): readonly ArchiveFile[] {
  const bytes = new Uint8Array(readFileSync(path));
  if (path.endsWith(".zip")) return readZip(bytes);
  return readTar(path.endsWith(".zst") ? Bun.zstdDecompressSync(bytes) : Bun.gunzipSync(bytes));
}

/** What is wrong with the files of an archive; empty where nothing is. */
export function archiveProblems(files: readonly ArchiveFile[], target: Target): readonly string[] {
  const expected = [binaryName(target), ...sharedPaths];
  const byPath = new Map(files.map((file) => [file.path, file]));
  const binaryMode = byPath.get(binaryName(target))?.mode;
  return [
    ...expected.filter((path) => !byPath.has(path)).map((path) => `it lacks ${path}`),
    ...[...byPath.keys()]
      .filter((path) => !expected.includes(path))
      .map((path) => `it has ${path}`),
    ...files.filter(({ bytes }) => bytes.length === 0).map(({ path }) => `${path} is empty`),
    ...(binaryMode === undefined || binaryMode === 0o755
      ? []
      : [`the binary has mode ${binaryMode.toString(8)}`]),
  ];
}
