/**
 * The terms of AWS's shared config and credentials files (AWS SDKs and Tools Reference Guide,
 * "Shared config and credentials files"; smithy-rs and the Java SDK are the reference readers).
 */

import type { FileKind } from "./document.ts";

/** What a section is for; `ignored` for those that no SDK takes as one of the others. */
export type SectionType = "profile" | "sso-session" | "services" | "ignored";

export interface SectionHeader {
  readonly type: SectionType;
  readonly name: string;
  /** Whether the header had the word `profile`; `[profile default]` replaces `[default]`. */
  readonly isPrefixed: boolean;
}

export interface PropertyLine {
  /** Lowercase. */
  readonly key: string;
  /** Where the value starts and its comment is cut off, blanks trimmed. */
  readonly value: string;
}

const identifier = /^[A-Za-z0-9_\-/.%@:+]+$/;

/** Whether a name of a section or property is one that the reference readers know. */
export function isIdentifier(name: string): boolean {
  return identifier.test(name);
}

export function isBlank(character: number): boolean {
  return character === 32 || character === 9;
}

/**
 * What is a blank for some AWS tools and a character like any other for the rest, as the bytes of
 * UTF-8: control characters, which Java trims, and the blanks of Unicode, which Python, JavaScript
 * and Go trim (U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000,
 * and U+FEFF, the byte order mark).
 */
const oddBlanks =
  /[\0-\x08\x0b\x0c\x0e-\x1f]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf/g;
/** What every one of them begins with. A text without is told from others much faster by this. */
const oddBlankBytes = /[\0-\x08\x0b\x0c\x0e-\x1f\xc2\xe1-\xe3\xef]/;

/** The text with a space for each blank that only some AWS tools know: what these tools read. */
export function withPlainBlanks(text: string): string {
  return oddBlankBytes.test(text) ? text.replace(oddBlanks, " ") : text;
}

/** How many blanks a line starts with. */
export function indentOf(content: string): number {
  let at = 0;
  while (isBlank(content.charCodeAt(at))) at += 1;
  return at;
}

/** Without the blanks at its ends, a stray CR counting as one at the end. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && (isBlank(text.charCodeAt(end - 1)) || text.charCodeAt(end - 1) === 13)) {
    end -= 1;
  }
  return text.slice(start, end);
}

export function startsComment(content: string): boolean {
  return content.startsWith("#") || content.startsWith(";");
}

/** The header on a trimmed line that starts with `[`; undefined where it has no `]`. */
export function parseHeader(kind: FileKind, trimmed: string): SectionHeader | undefined {
  const comment = trimmed.search(/[#;]/);
  const header = trimBlanks(comment < 0 ? trimmed : trimmed.slice(0, comment));
  if (!header.endsWith("]")) return undefined;
  const inner = trimBlanks(header.slice(1, -1));
  const named = kind === "config" ? namedInConfig(inner) : unprefixed(inner);
  return isIdentifier(named.name) ? named : { type: "ignored", name: inner, isPrefixed: false };
}

/**
 * A property line, trimmed, split at its first `=`. Undefined where there is no `=` or nothing
 * before it.
 */
export function parseProperty(trimmed: string): PropertyLine | undefined {
  const uncommented = withoutComment(trimmed);
  const equals = uncommented.indexOf("=");
  if (equals < 0) return undefined;
  const key = trimBlanks(uncommented.slice(0, equals)).toLowerCase();
  return key === "" ? undefined : { key, value: trimBlanks(uncommented.slice(equals + 1)) };
}

function withoutComment(text: string): string {
  if (!text.includes("#") && !text.includes(";")) return text;
  const comment = /[ \t][#;]/.exec(text);
  return comment === null ? text : text.slice(0, comment.index);
}

function namedInConfig(inner: string): SectionHeader {
  if (inner === "default") return { type: "profile", name: inner, isPrefixed: false };
  const parts = /^(profile|sso-session|services)[ \t]+(.*)$/.exec(inner);
  const type = parts?.[1];
  const name = unquoted(parts?.[2] ?? "");
  if (type === "profile") return { type, name, isPrefixed: true };
  if (type === "sso-session" || type === "services") return { type, name, isPrefixed: false };
  return { type: "ignored", name: inner, isPrefixed: false };
}

/** botocore and the JavaScript SDK take quotes off a name, and the AWS CLI writes them. */
function unquoted(name: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(name);
  return quoted?.[2] ?? name;
}

function unprefixed(name: string): SectionHeader {
  return { type: "profile", name, isPrefixed: false };
}
