import { contentOf, type SharedDocument } from "./document.ts";
import {
  indentOf,
  isIdentifier,
  parseHeader,
  parseProperty,
  type SectionType,
  startsComment,
  trimBlanks,
} from "./grammar.ts";

/** One section as it stands in a file; a name may come more than once. */
export interface Section {
  readonly type: SectionType;
  readonly name: string;
  readonly isPrefixed: boolean;
  /** 0-based. */
  readonly line: number;
  /** In the file's order, a key as often as it stands there. */
  readonly properties: readonly SectionProperty[];
}

export interface SectionProperty {
  /** Lowercase. */
  readonly key: string;
  /** Characters are bytes. A nested value starts with LF and has one `key = value` a line. */
  readonly value: string;
  /** 0-based. */
  readonly line: number;
}

/** A line that the reference grammar does not allow; its reader here skips that line alone. */
export interface SkippedLine {
  readonly line: number;
  readonly reason: string;
}

interface OpenProperty {
  key: string;
  value: string;
  line: number;
  readonly indent: number;
  /** Its first line had no value: what follows are sub-properties. */
  readonly isNested: boolean;
}

interface OpenSection {
  type: SectionType;
  name: string;
  isPrefixed: boolean;
  line: number;
  properties: OpenProperty[];
}

/**
 * Reads a file's sections as AWS's reference readers do. Where those fail the whole file, only the
 * malformed line is skipped: a stray line must not take an unrelated profile away. Keys that are
 * all indented, which the reference refuses and botocore, JavaScript and Go read, are read.
 */
export function readSections(document: SharedDocument): {
  sections: readonly Section[];
  skipped: readonly SkippedLine[];
} {
  const sections: OpenSection[] = [];
  const skipped: SkippedLine[] = [];
  let section: OpenSection | undefined;
  let property: OpenProperty | undefined;
  const skip = (line: number, reason: string) => skipped.push({ line, reason });

  for (let line = 0; line < document.starts.length; line += 1) {
    const content = contentOf(document, line);
    const trimmed = trimBlanks(content);
    if (trimmed === "" || startsComment(trimmed)) continue;
    const indent = indentOf(content);

    if (property !== undefined && indent > property.indent) {
      const problem = continuationProblem(property, trimmed);
      if (problem === undefined) property.value += `\n${trimmed}`;
      else skip(line, problem);
      continue;
    }
    property = undefined;
    if (trimmed.startsWith("[")) {
      const header = parseHeader(document.kind, trimmed);
      if (header === undefined) skip(line, "a section header must end with ]");
      // What follows a broken header must not be read into the section above it.
      section = { ...(header ?? ignoredHeader), line, properties: [] };
      sections.push(section);
      continue;
    }
    const parsed = parseProperty(trimmed);
    if (parsed === undefined) {
      skip(line, "neither a section header nor a key = value");
      continue;
    }
    property = { ...parsed, line, indent, isNested: parsed.value === "" };
    if (section === undefined) skip(line, "a key before any section header");
    else if (isIdentifier(parsed.key)) section.properties.push(property);
  }
  return { sections, skipped };
}

const ignoredHeader = { type: "ignored", name: "", isPrefixed: false } as const;

function continuationProblem(property: OpenProperty, trimmed: string): string | undefined {
  if (!property.isNested) return undefined;
  const equals = trimmed.indexOf("=");
  if (equals < 0) return "a nested value must be key = value";
  return trimBlanks(trimmed.slice(0, equals)) === "" ? "a nested value has no key" : undefined;
}
