import { contentOf, type FileKind, type SharedDocument } from "./document.ts";

/** What a line is to those that look for blocks and sections. */
export interface Meaning {
  readonly start?: string;
  readonly end?: string;
  readonly isHeader: boolean;
  /** The names that a header stands for. */
  readonly claimed: readonly string[];
}

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

/** Whether the line is the start or the end of a block. */
export function isMarker({ start, end }: Meaning): boolean {
  return start !== undefined || end !== undefined;
}

/** Tells what a line is; undefined where it is no landmark. */
export function meaningOf(
  document: SharedDocument,
  line: number,
  hasStrayReturn: boolean,
): Meaning | undefined {
  const isOrdinary = line > 0 && !hasStrayReturn;
  if (isOrdinary && !mayBeLandmark(document, line)) return undefined;
  const content = contentOf(document, line);
  const marker: { start?: string; end?: string } = {};
  if (content.startsWith(startMark)) marker.start = content.slice(startMark.length).trimEnd();
  else if (content.startsWith(endMark)) marker.end = content.slice(endMark.length).trimEnd();
  if (isOrdinary && !content.includes("[")) return { ...marker, isHeader: false, claimed: [] };
  const plain = plainHeaders[document.kind].exec(content)?.[1];
  if (plain !== undefined) return { isHeader: true, claimed: [plain] };
  // botocore ends lines at a lone CR too.
  const parts = hasStrayReturn ? content.split("\r") : [content];
  const claimed = parts.flatMap((part) => claimedNames(document.kind, part.trim()));
  return { ...marker, isHeader: claimed.length > 0, claimed: [...new Set(claimed)] };
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
  // Blanks beyond ASCII count too, as letters of other scripts do: they are looked at closely.
  return code === 91 || code > 126;
}

/**
 * Names that a trimmed line may stand for: botocore takes any first word that starts with `profile`
 * and strips quotes, the JavaScript SDK joins word and name with a dot. A header without a name is
 * still one, hence the empty name.
 */
function claimedNames(kind: FileKind, trimmed: string): readonly string[] {
  if (!trimmed.startsWith("[")) return [];
  const inner = (/^\[([^\]]*)/.exec(trimmed)?.[1] ?? "").trim();
  const uncommented = inner.replace(/[ \t]*[#;].*$/, "");
  const names = new Set<string>();
  for (const form of [inner, uncommented]) {
    if (kind === "credentials") names.add(form).add(unquoted(form));
    else if (unquoted(form) === "default") names.add("default");
    else names.add(unquoted(/^["']?profile[^\s.]*[\s.]+(.*)$/.exec(form)?.[1] ?? ""));
  }
  return [...names];
}

function unquoted(name: string): string {
  return name.replace(/["'\\]/g, "").trim();
}
