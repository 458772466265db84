import {
  applyEdits,
  byteOrderMark,
  documentOfText,
  endOfFile,
  type LineEdit,
  linesBefore,
  type SharedDocument,
} from "./document.ts";
import { findLandmarks, type Landmarks, noLandmarks } from "./landmarks.ts";
import { type Ownership, ownershipOf } from "./ownership.ts";

/** Whose the profiles of some names are in a file; only the part where the names stand is read. */
export interface Lookup {
  /** That part, as a document of its own, and where it stands in the text of the whole. */
  readonly part: SharedDocument;
  readonly from: number;
  readonly to: number;
  /** Of the part. */
  readonly landmarks: Landmarks;
  /** What is said of a block is in lines of the part, what is said against one in those of the whole. */
  readonly ownershipOf: (name: string) => Ownership;
}

// The latest of each document: a run asks several times for the same names.
const known = new WeakMap<SharedDocument, { readonly asked: string; readonly lookup: Lookup }>();

/** Looks these names up in a file, or all that there are. */
export function lookUp(document: SharedDocument, names?: ReadonlySet<string>): Lookup {
  const asked = names === undefined ? "all" : JSON.stringify([...names]);
  const before = known.get(document);
  if (before?.asked === asked) return before.lookup;
  const lookup = search(document, names);
  known.set(document, { asked, lookup });
  return lookup;
}

const nobodys: Ownership = { state: "none" };

function search(document: SharedDocument, names: ReadonlySet<string> | undefined): Lookup {
  const { kind, text } = document;
  const extent = names === undefined ? undefined : extentOf(text, names);
  const { from, to } = extent ?? { from: 0, to: text.length };
  const part = extent === undefined ? document : documentOfText(kind, text.slice(from, to));
  if (from === to) return { part, from, to, landmarks: noLandmarks, ownershipOf: () => nobodys };
  const landmarks = findLandmarks(part, names);
  const found = new Map<string, Ownership>();
  const find = (name: string) => {
    const ownership = inWhole(ownershipOf(part, landmarks, name), text, from);
    found.set(name, ownership);
    return ownership;
  };
  return { part, from, to, landmarks, ownershipOf: (name) => found.get(name) ?? find(name) };
}

/** The document with edits of lines of the part, and others behind all lines. */
export function applyInPart(
  document: SharedDocument,
  { part, from, to }: Lookup,
  edits: readonly LineEdit[],
): SharedDocument {
  const isBehind = ({ line }: LineEdit) => line === endOfFile;
  const edited = applyEdits(
    part,
    edits.filter((edit) => !isBehind(edit)),
  );
  const { kind, text } = document;
  const whole =
    edited === part
      ? document
      : documentOfText(kind, text.slice(0, from) + edited.text + text.slice(to));
  return applyEdits(whole, edits.filter(isBehind));
}

/** Edits of lines of the part as edits of the whole. */
export function editsOfWhole(
  { text }: SharedDocument,
  { from }: Lookup,
  edits: readonly LineEdit[],
): readonly LineEdit[] {
  const before = linesBefore(text, from);
  return edits.map((edit) =>
    edit.line === endOfFile ? edit : { ...edit, line: edit.line + before },
  );
}

/** For more names than these, one walk over all lines is faster than a search for each. */
const fewNames = 8;

/**
 * From the line above the first that any of these names stands in, which may mark it as letme's, to
 * the first header behind the last that every SDK takes for one, which ends whatever came before.
 * Undefined where all of it has to be read, as where a name could be spelled in another way.
 */
function extentOf(
  text: string,
  names: ReadonlySet<string>,
): { readonly from: number; readonly to: number } | undefined {
  // A space in a name may be another blank in the file.
  for (const name of names) if (name === "" || name.includes(" ")) return undefined;
  // A byte order mark in the middle would be at the start of the part, and count there.
  if (text.includes(byteOrderMark)) return undefined;
  // Quotes and backslashes are taken out of a name by some SDK, and a lone CR ends lines for some.
  // Before the bracket may be blanks beyond ASCII.
  if (/["'\\]/.test(text) && /^[^!-~\r\n]*\[.*["'\\]/m.test(text)) return undefined;
  if (text.includes("\r") && /\r(?!\n)/.test(text)) return undefined;
  const { length } = text;
  if (names.size > fewNames && [...names].some((name) => text.includes(name))) return undefined;
  const firsts = [...names].map((name) => text.indexOf(name)).filter((at) => at >= 0);
  if (firsts.length === 0) return { from: length, to: length };
  const lasts = [...names].map((name) => text.lastIndexOf(name));
  const from = lineStart(text, lineStart(text, Math.min(...firsts)) - 1);
  const end = text.indexOf("\n", Math.max(...lasts));
  return { from, to: end < 0 ? length : nextHeaderEnd(text, end + 1) };
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** The end of the first line from here on that is a plain header, its line end included. */
function nextHeaderEnd(text: string, from: number): number {
  const header = /^\[[^\]\r\n]+\](?:[ \t]+[#;].*|[ \t]*)$/gm;
  header.lastIndex = from;
  if (!header.test(text)) return text.length;
  const end = text.indexOf("\n", header.lastIndex);
  return end < 0 ? text.length : end + 1;
}

function inWhole(ownership: Ownership, text: string, from: number): Ownership {
  if (ownership.state === "none") return ownership;
  const lineInWhole = (line: number) => linesBefore(text, from) + line;
  if (ownership.state !== "letme") return { ...ownership, line: lineInWhole(ownership.line) };
  const { tail, tailDoubt } = ownership.block;
  if (tail === undefined) return ownership;
  const behind = {
    tail: lineInWhole(tail),
    tailDoubt: tailDoubt === undefined ? undefined : lineInWhole(tailDoubt),
  };
  return { state: "letme", block: { ...ownership.block, ...behind } };
}
