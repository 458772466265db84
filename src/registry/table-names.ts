import type { Files } from "../host.ts";

const header = /^\[(?:([\w-]+)|"([^"\\]*)"|'([^']*)')\][ \t]*(?:#.*)?\r?$/gm;

/**
 * The names of a registry file's tables, without parsing the file: for somebody who presses Tab,
 * where thousands of accounts may cost no time that is felt and a wrong name no harm. Names that
 * need escapes are left out.
 */
export function readTableNames(files: Files, path: string): readonly string[] {
  // From a pipe letme would wait for ever.
  if (files.status(path)?.kind !== "file") return [];
  const text = new TextDecoder().decode(files.read(path));
  return [...text.matchAll(header)].map(([, bare, quoted, literal]) => {
    return bare ?? quoted ?? literal ?? "";
  });
}
