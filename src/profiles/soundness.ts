import { documentOfText, type SharedDocument } from "./document.ts";
import { findLineProblems } from "./line-problems.ts";
import { hasIndentedHeader } from "./section-index.ts";

/**
 * Whether no line of a file is a problem; false where that takes reading it line by line. Files
 * have thousands of sections that differ in names and values alone, so these are left out, and of
 * the sections that are then the same one is read. Nothing here but that reading goes from line to
 * line: cutting, matching and comparing whole texts is many times faster.
 *
 * It is right because a header at a line's start makes every reader begin anew, so that sections
 * have nothing in common but their headers, which are compared here; and because whether a line is
 * a problem depends on its key, its indent and whether it has a value, not on which.
 */
export function isSurelySound(document: SharedDocument): boolean {
  const text = document.text.replaceAll("\r\n", "\n");
  if (text.includes("\r") || hasIndentedHeader(text)) return false;
  const headers = text.match(/^\[.+\]/gm) ?? [];
  const names = new Set(headers);
  if (names.size < headers.length || names.has("[DEFAULT]")) return false;
  const reduced = text
    .replace(/=[ \t]*[!-~].*/g, "=v")
    .replace(/^\[.*/gm, "[")
    .replace(/^[#;].*/gm, "#");
  const [beginning = "", ...bodies] = `\n${reduced}`.split("\n[");
  // A header line without its bracket.
  if (bodies.length > headers.length) return false;
  const samples = [beginning, ...[...new Set(bodies)].map((body) => `[section]${body}`)];
  return samples.every(
    (sample) => findLineProblems(documentOfText(document.kind, sample)).length === 0,
  );
}
