import {
  type BlockComments,
  isOwnedComment,
  isOwnedKey,
  isOwnedProperty,
  parseComments,
} from "./block-text.ts";
import { contentOf, type SharedDocument } from "./document.ts";
import { indentOf, parseProperty, startsComment, trimBlanks, withPlainBlanks } from "./grammar.ts";
import { firstAfter, isLegacyMarker, isPlainHeader, type Landmarks } from "./landmarks.ts";

/** A section that is surely letme's. All lines are 0-based. */
export interface Block {
  readonly name: string;
  /** `legacy`: v0.2's, with a comment above the header and no end. */
  readonly form: "marked" | "legacy";
  /** `#s-NAME`, or the comment above the header. */
  readonly start: number;
  readonly header: number;
  /** `#e-NAME`; of a legacy section, the line after its last property. */
  readonly end: number;
  /** Comments that letme wrote, between start and end. */
  readonly ownedComments: readonly number[];
  readonly properties: readonly BlockProperty[];
  /** Whether something that is not letme's needs the header: a key or a line that is no key. */
  readonly hasUserLines: boolean;
  /** The first line behind the end marker that the SDKs still read into this section. */
  readonly tail: number | undefined;
  /** The first of those lines that an SDK may read as a part of what letme wrote. */
  readonly tailDoubt: number | undefined;
}

export interface BlockProperty {
  readonly line: number;
  /** Lowercase. */
  readonly key: string;
  readonly value: string;
  readonly isOwned: boolean;
}

/** What the comments of a block of this document, or this part of one, say. */
export function commentsIn(part: SharedDocument, { ownedComments }: Block): BlockComments {
  return parseComments(ownedComments.map((line) => contentOf(part, line)));
}

/** Whose the profile of a name is in one file. */
export type Ownership =
  | { readonly state: "none" }
  | { readonly state: "letme"; readonly block: Block }
  | { readonly state: "foreign" | "unclear"; readonly line: number; readonly reason: string };

/** Looks a name up. What is not surely letme's is `foreign` or `unclear`, with the line. */
export function ownershipOf(
  document: SharedDocument,
  landmarks: Landmarks,
  name: string,
): Ownership {
  const starts = landmarks.starts.get(name) ?? [];
  const ends = landmarks.ends.get(name) ?? [];
  const claims = landmarks.claims.get(name) ?? [];
  const [start] = starts;
  const [end] = ends;
  if (start === undefined && end === undefined) {
    return unmarkedOwnership(document, landmarks, name, claims);
  }
  if (start === undefined) return unclear(end ?? 0, `\`#e-${name}\` without its \`#s-${name}\``);
  if (end === undefined) return unclear(start, `\`#s-${name}\` without its \`#e-${name}\``);
  if (starts.length > 1) return unclear(starts[1] ?? 0, "the block stands in the file twice");
  if (ends.length > 1) return unclear(ends[1] ?? 0, `a second \`#e-${name}\``);
  if (end < start) return unclear(end, `\`#e-${name}\` comes before \`#s-${name}\``);
  const inner = firstAfter(landmarks.markers, start);
  if (inner !== undefined && inner < end) return unclear(inner, "a marker inside another block");

  const outside = claims.find((line) => line < start || line > end);
  if (outside !== undefined) return foreign(outside);
  const header = firstAfter(landmarks.headers, start);
  if (header === undefined || header > end) return unclear(start, "the block has no header");
  if (!isPlainHeader(document.kind, contentOf(document, header), name)) {
    return unclear(header, `the block of \`${name}\` has another header`);
  }
  const second = firstAfter(landmarks.headers, header);
  if (second !== undefined && second < end) {
    return unclear(second, `a second header inside the block of \`${name}\``);
  }
  return readBlock(document, { name, form: "marked", start, header, end });
}

function unmarkedOwnership(
  document: SharedDocument,
  landmarks: Landmarks,
  name: string,
  claims: readonly number[],
): Ownership {
  const isMarked = (line: number) => line > 0 && isLegacyMarker(contentOf(document, line - 1));
  const header = claims.find(isMarked);
  const other = claims.find((line) => line !== header);
  if (other !== undefined) return foreign(other);
  if (header === undefined) return { state: "none" };
  if (!isPlainHeader(document.kind, contentOf(document, header), name)) {
    return unclear(header, "the header is not a plain one");
  }
  const next = firstAfter(landmarks.headers, header);
  if (next !== undefined && !isSectionStart(contentOf(document, next))) {
    return unclear(next, `a header that not every AWS tool takes for one, below \`${name}\``);
  }
  let end = next ?? document.starts.length;
  while (end > header + 1 && isIdle(contentOf(document, end - 1))) end -= 1;
  const inner = firstAfter(landmarks.markers, header);
  if (inner !== undefined && inner < end) return unclear(inner, "a marker inside a section");
  return readBlock(document, { name, form: "legacy", start: header - 1, header, end });
}

function readBlock(
  document: SharedDocument,
  extent: Pick<Block, "name" | "form" | "start" | "header" | "end">,
): Ownership {
  const ownedComments: number[] = [];
  const properties: BlockProperty[] = [];
  let hasUserLines = false;
  let property: BlockProperty | undefined;

  for (let line = extent.start + 1; line < extent.end; line += 1) {
    const content = contentOf(document, line);
    if (content.includes("\r")) return unclear(line, "a line end that not every AWS tool knows");
    if (line === extent.header) continue;
    if (isIdle(content)) {
      const isLegacy =
        extent.form === "marked" && line === extent.header - 1 && isLegacyMarker(content);
      if (isOwnedComment(content) || isLegacy) ownedComments.push(line);
      continue;
    }
    if (line < extent.header) return unclear(line, "a line above the header");
    const plain = withPlainBlanks(content);
    if (indentOf(plain) > 0) {
      const reason = continuationDoubt(document, property, plain);
      if (reason !== undefined) return unclear(line, reason);
      continue;
    }
    const parsed = parseProperty(trimBlanks(content));
    const looseKey = looseOwnedKey(document, plain);
    if (looseKey !== undefined && looseKey !== parsed?.key) {
      return unclear(line, `some AWS tools read \`${looseKey}\` here`);
    }
    property = undefined;
    if (parsed !== undefined) {
      const isOwned = isOwnedProperty(document.kind, parsed.key, parsed.value);
      property = { ...parsed, line, isOwned };
      properties.push(property);
    }
    if (property?.isOwned !== true) hasUserLines = true;
  }
  const behind =
    extent.form === "marked"
      ? readTail(document, extent.end)
      : { tail: undefined, tailDoubt: undefined };
  const block = { ...extent, ...behind, ownedComments, properties, hasUserLines };
  return { state: "letme", block };
}

/**
 * Indented lines below a key of the user are the user's. Below a key of letme they would become
 * part of its new value, and a key of letme that is indented is one for some SDKs and not for others.
 */
function continuationDoubt(
  document: SharedDocument,
  property: BlockProperty | undefined,
  content: string,
): string | undefined {
  if (property === undefined) return "an indented line without a key above it";
  if (property.isOwned) return `an indented line below \`${property.key}\``;
  if (property.value === "") return undefined;
  const parsed = parseProperty(trimBlanks(content));
  if (parsed === undefined || !isOwnedKey(document.kind, parsed.key, parsed.value)) {
    return undefined;
  }
  return `\`${parsed.key}\` is indented, which AWS tools read in different ways`;
}

/**
 * The key of letme's that the most lenient AWS tool reads in a line, its blanks being plain ones:
 * botocore splits a key from its value at a colon too.
 */
function looseOwnedKey(document: SharedDocument, plain: string): string | undefined {
  const end = plain.search(/[:=]/);
  const key = trimBlanks(plain.slice(0, Math.max(0, end))).toLowerCase();
  const value = trimBlanks(plain.slice(end + 1));
  return isOwnedKey(document.kind, key, value) ? key : undefined;
}

/**
 * The lines behind a block, up to the next header that every SDK knows, belong to the profile. One
 * that continues letme's last value, may be a header or sets a key of letme's makes it unclear.
 */
function readTail(document: SharedDocument, end: number): Pick<Block, "tail" | "tailDoubt"> {
  let tail: number | undefined;
  for (let line = end + 1; line < document.starts.length; line += 1) {
    const content = contentOf(document, line);
    if (isIdle(content)) continue;
    if (isSectionStart(content)) break;
    tail ??= line;
    const plain = withPlainBlanks(content);
    const parsed = parseProperty(trimBlanks(content));
    const setsOwned = parsed !== undefined && isOwnedKey(document.kind, parsed.key, parsed.value);
    const isOdd = indentOf(plain) > 0 || content.startsWith("[") || content.includes("\r");
    if (setsOwned || isOdd || looseOwnedKey(document, plain) !== undefined) {
      return { tail, tailDoubt: line };
    }
  }
  return { tail, tailDoubt: undefined };
}

/** A header that every SDK takes for one, so that nothing behind it belongs to this section. */
function isSectionStart(content: string): boolean {
  return /^\[[^\]]+\](?:[ \t]+[#;].*|[ \t]*)$/.test(content);
}

/** A blank line, or a comment at the line's start: no SDK makes anything of it. */
function isIdle(content: string): boolean {
  return trimBlanks(content) === "" || startsComment(content);
}

function unclear(line: number, reason: string): Ownership {
  return { state: "unclear", line, reason };
}

function foreign(line: number): Ownership {
  return { state: "foreign", line, reason: "letme did not write it" };
}
