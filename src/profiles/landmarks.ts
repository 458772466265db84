import { contentOf, type FileKind, type SharedDocument } from "./document.ts";
import { withPlainBlanks } from "./grammar.ts";

/**
 * The lines that say where blocks and sections begin and end, found in one pass. A name is claimed
 * by every header that any AWS SDK would read as a profile of that name, however odd it looks.
 */
export interface Landmarks {
  /** Lines `#s-NAME`, by name. */
  readonly starts: ReadonlyMap<string, readonly number[]>;
  /** Lines `#e-NAME`, by name. */
  readonly ends: ReadonlyMap<string, readonly number[]>;
  /** Lines with a header of that name, by name. */
  readonly claims: ReadonlyMap<string, readonly number[]>;
  /** All lines with a marker, ascending. */
  readonly markers: readonly number[];
  /** All lines that some SDK may take for a header, ascending. */
  readonly headers: readonly number[];
}

/** Those of a text without lines. */
export const noLandmarks: Landmarks = {
  starts: new Map(),
  ends: new Map(),
  claims: new Map(),
  markers: [],
  headers: [],
};

const startMark = "#s-";
const endMark = "#e-";

export function startMarker(name: string): string {
  return startMark + name;
}

export function endMarker(name: string): string {
  return endMark + name;
}

/** v0.2 of the original marks its sections so, on the line above the header. */
export function isLegacyMarker(content: string): boolean {
  return /^;[ \t]*letme managed[ \t\r]*$/.test(content);
}

/** Finds the landmarks; where `names` are given, only theirs are kept by name. */
export function findLandmarks(document: SharedDocument, names?: ReadonlySet<string>): Landmarks {
  const isAsked = (name: string) => names === undefined || names.has(name);
  const starts = new Map<string, number[]>();
  const ends = new Map<string, number[]>();
  const claims = new Map<string, number[]>();
  const markers: number[] = [];
  const headers: number[] = [];
  const hasStrayReturn = document.text.includes("\r") && /\r(?!\n)/.test(document.text);

  for (let line = 0; line < document.starts.length; line += 1) {
    const isOrdinary = line > 0 && !hasStrayReturn;
    if (isOrdinary && !mayBeLandmark(document, line)) continue;
    const content = contentOf(document, line);
    if (content.startsWith(startMark)) {
      const name = content.slice(startMark.length).trimEnd();
      if (isAsked(name)) add(starts, name, line);
      markers.push(line);
    } else if (content.startsWith(endMark)) {
      const name = content.slice(endMark.length).trimEnd();
      if (isAsked(name)) add(ends, name, line);
      markers.push(line);
    }
    if (isOrdinary && !content.includes("[")) continue;
    const plain = plainHeaders[document.kind].exec(content)?.[1];
    if (plain !== undefined) {
      headers.push(line);
      if (isAsked(plain)) add(claims, plain, line);
      continue;
    }
    // botocore ends lines at a lone CR too.
    const parts = hasStrayReturn ? content.split("\r") : [content];
    const claimed = parts.flatMap((part) =>
      claimedNames(document.kind, withPlainBlanks(part).trim()),
    );
    if (claimed.length > 0) headers.push(line);
    for (const name of new Set(claimed)) if (isAsked(name)) add(claims, name, line);
  }
  return { starts, ends, claims, markers, headers };
}

/** Headers that every SDK reads alike, which almost all are: no need to look for other meanings. */
const plainHeaders: Readonly<Record<FileKind, RegExp>> = {
  config: /^\[profile ([\w\-/.%@:+]+)\]$/,
  credentials: /^\[([\w\-/.%@:+]+)\]$/,
};

/**
 * Whether a line is a marker or has a bracket as its first word. Files have tens of thousands of
 * lines, and this is asked of each: no text is cut out for it.
 */
function mayBeLandmark(document: SharedDocument, line: number): boolean {
  const { text } = document;
  let at = document.starts[line] ?? 0;
  let code = text.charCodeAt(at);
  if (code === 35) return text.charCodeAt(at + 2) === 45;
  while (code < 33 && code !== 10 && at < text.length) {
    at += 1;
    code = text.charCodeAt(at);
  }
  // What begins beyond ASCII may be a blank to some tool: it is looked at closely.
  return code === 91 || code > 126;
}

/** The header as letme writes it. */
export function headerOf(kind: FileKind, name: string): string {
  return kind === "credentials" || name === "default" ? `[${name}]` : `[profile ${name}]`;
}

/** Whether a line is a plain header of this name, at the line's start and with nothing behind it. */
export function isPlainHeader(kind: FileKind, content: string, name: string): boolean {
  const inner = /^\[([^\]]*)\][ \t]*$/.exec(content)?.[1]?.trim();
  if (inner === undefined) return false;
  if (kind === "credentials") return inner === name;
  if (inner === "default") return name === "default";
  return /^profile[ \t]+(.*)$/.exec(inner)?.[1] === name;
}

/** The first value of an ascending list that is above `line`. */
export function firstAfter(lines: readonly number[], line: number): number | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) > line) high = middle;
    else low = middle + 1;
  }
  return lines[low];
}

/**
 * Names that a trimmed line may stand for: botocore takes any first word that starts with `profile`
 * and strips quotes, the JavaScript SDK joins word and name with a dot. A header without a name is
 * still one, hence the empty name.
 */
function claimedNames(kind: FileKind, trimmed: string): readonly string[] {
  if (!trimmed.startsWith("[")) return [];
  const inner = (/^\[([^\]]*)/.exec(trimmed)?.[1] ?? "").trim();
  const comment = inner.search(/[#;]/);
  const uncommented = comment < 0 ? inner : inner.slice(0, comment).trimEnd();
  const names = new Set<string>();
  for (const form of [inner, uncommented]) {
    if (kind === "credentials") names.add(form).add(unquoted(form));
    else if (unquoted(form) === "default") names.add("default");
    else names.add(unquoted(/^["']?profile[^\s.]*[\s.]+(.*)$/s.exec(form)?.[1] ?? ""));
  }
  return [...names];
}

function unquoted(name: string): string {
  return name.replace(/["'\\]/g, "").trim();
}

function add(map: Map<string, number[]>, name: string, line: number): void {
  const lines = map.get(name);
  if (lines === undefined) map.set(name, [line]);
  else lines.push(line);
}
