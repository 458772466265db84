import { documentOfText, type SharedDocument } from "./document.ts";
import { withPlainBlanks } from "./grammar.ts";
import { findLineProblems } from "./line-problems.ts";
import { hasIndentedHeader } from "./section-index.ts";

/**
 * Whether a file has surely no line that is a problem; where it says no, the lines have to be read
 * one by one. Files have thousands of sections that differ in names and values alone, so these are
 * left out, and of the sections that are then the same one is read. Matching and comparing whole
 * texts is many times faster than going from line to line.
 *
 * A yes is right because a header at a line's start makes every reader begin anew, so that sections
 * have nothing in common but their headers, which are compared here; and because whether a line is
 * a problem depends on its key, its indent and whether it has a value, not on which.
 */
export function isSurelySound(document: SharedDocument): boolean {
  const { kind } = document;
  const hasReturns = document.text.includes("\r");
  const text = hasReturns ? document.text.replaceAll("\r\n", "\n") : document.text;
  if ((hasReturns && text.includes("\r")) || hasIndentedHeader(document)) return false;
  const short = text.replace(/=[ \t]*[!-~].*/g, "=v").replace(/^[#;].*/gm, "#");
  if (withPlainBlanks(short) !== short) return false;
  const headers = short.match(/^\[.+\]/gm) ?? [];
  const names = new Set(headers);
  if (names.size < headers.length || names.has("[DEFAULT]")) return false;
  const few = short.replace(alikes, "[section]\n$1");
  // A header without its bracket, or whose bracket was left out with what looked like a value.
  if (/^\[(?!.+\])/m.test(few)) return false;
  const [beginning = "", ...bodies] = `\n${few.replace(/^\[.*/gm, "[")}`.split("\n[");
  const samples = [beginning, ...[...new Set(bodies)].map((body) => `[section]${body}`)];
  return samples.every((sample) => findLineProblems(documentOfText(kind, sample)).length === 0);
}

/**
 * Neighbouring sections that all begin with what stands in the first of them. Where the last one
 * goes on behind that, it takes the place of all: what is right in it is right in its beginning.
 */
const alikes = /^\[[^\]\n]+\]\n((?:(?!\[).*\n)*)(?:\[[^\]\n]+\]\n\1)+/gm;
