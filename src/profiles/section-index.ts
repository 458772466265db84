import {
  documentOfText,
  hasByteOrderMark,
  linesBefore,
  oncePerDocument,
  type SharedDocument,
} from "./document.ts";
import { parseHeader, type SectionType, trimBlanks } from "./grammar.ts";
import { readSections, type Section } from "./sections.ts";

/** A section that was found and not yet read. */
export interface SectionPart {
  readonly name: string;
  /** As in `Section`. */
  readonly isPrefixed: boolean;
  /** The section itself, where finding it took reading the whole file. */
  readonly section?: Section;
  /** Where it starts and ends in the text. */
  readonly from: number;
  readonly to: number;
}

/**
 * The sections of this type and name in a file, in their order. A header at a line's start makes
 * every reader begin anew, so such a section can be found by its name and read alone. Indented
 * headers depend on what stands above them: a file that has any is read from its start.
 */
export function findSections(
  document: SharedDocument,
  type: SectionType,
  name: string,
): readonly SectionPart[] {
  if (name === "") return [];
  if (needsWholeReading(document)) {
    return readSections(document)
      .sections.filter((section) => section.type === type && section.name === name)
      .map((section) => ({ name, isPrefixed: section.isPrefixed, section, from: 0, to: 0 }));
  }
  const { kind, text } = document;
  const found: SectionPart[] = [];
  for (let at = text.indexOf(name); at >= 0; ) {
    const from = text.lastIndexOf("\n", at - 1) + 1;
    const end = endOfLine(text, at);
    if (text[from] === "[") {
      const header = parseHeader(kind, trimBlanks(text.slice(from, end)));
      if (header?.type === type && header.name === name) {
        const next = text.indexOf("\n[", from);
        const to = next < 0 ? text.length : next + 1;
        found.push({ name, isPrefixed: header.isPrefixed, from, to });
      }
    }
    at = text.indexOf(name, end);
  }
  return found;
}

/** The names of all profiles of a file, in their order. */
export function findProfileNames(document: SharedDocument): readonly string[] {
  return readSections(document)
    .sections.filter(({ type }) => type === "profile")
    .map(({ name }) => name);
}

function needsWholeReading(document: SharedDocument): boolean {
  return hasByteOrderMark(document) || hasIndentedHeader(document);
}

/** Whether there is a line that some readers may take for a header, though it is indented. */
export const hasIndentedHeader = oncePerDocument(
  ({ text }) => /[ \t]\[/.test(text) && /^[ \t]+\[/m.test(text),
);

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Reads a section that was found. */
export function readPart(document: SharedDocument, part: SectionPart): Section {
  if (part.section !== undefined) return part.section;
  const { kind, text } = document;
  const [section] = readSections(documentOfText(kind, text.slice(part.from, part.to))).sections;
  if (section === undefined) throw new Error("a header that was found is not there any more");
  const above = linesBefore(text, part.from);
  const properties = section.properties.map((each) => ({ ...each, line: each.line + above }));
  return { ...section, line: section.line + above, properties };
}
