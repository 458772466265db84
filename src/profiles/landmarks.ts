import { firstAfter } from "./ascending.ts";
import { hasByteOrderMark, lineAt, type SharedDocument } from "./document.ts";
import { isMarker, type Meaning, meaningOf } from "./landmark-lines.ts";

/**
 * The lines that say where blocks and sections begin and end. A name is claimed by every header that
 * any AWS SDK would read as a profile of that name, however odd it looks.
 */
export interface Landmarks {
  /** Lines `#s-NAME`, by name. */
  readonly starts: ReadonlyMap<string, readonly number[]>;
  /** Lines `#e-NAME`, by name. */
  readonly ends: ReadonlyMap<string, readonly number[]>;
  /** Lines with a header of that name, by name. */
  readonly claims: ReadonlyMap<string, readonly number[]>;
  /** The first line behind this one that is a marker, of any name. */
  markerAfter(line: number): number | undefined;
  /** The first line behind this one that some SDK may take for a header. */
  headerAfter(line: number): number | undefined;
}

/** Finds the landmarks; where `names` are given, only theirs are kept by name. */
export function findLandmarks(document: SharedDocument, names?: ReadonlySet<string>): Landmarks {
  const { text } = document;
  const hasStrayReturn = text.includes("\r") && /\r(?!\n)/.test(text);
  const meaningAt = (line: number) => meaningOf(document, line, hasStrayReturn);
  const named = new NamedLines(names);
  const naming = names === undefined ? undefined : linesNaming(document, names);
  return naming === undefined
    ? landmarksOfAll(document, named, meaningAt)
    : landmarksAmong(document, naming, named, meaningAt);
}

type MeaningAt = (line: number) => Meaning | undefined;

function landmarksOfAll(
  document: SharedDocument,
  named: NamedLines,
  meaningAt: MeaningAt,
): Landmarks {
  const markers: number[] = [];
  const headers: number[] = [];
  for (let line = 0; line < document.starts.length; line += 1) {
    const meaning = meaningAt(line);
    if (meaning === undefined) continue;
    named.add(line, meaning);
    if (isMarker(meaning)) markers.push(line);
    if (meaning.isHeader) headers.push(line);
  }
  return {
    ...named.lines,
    markerAfter: (line) => firstAfter(markers, line),
    headerAfter: (line) => firstAfter(headers, line),
  };
}

function landmarksAmong(
  document: SharedDocument,
  lines: readonly number[],
  named: NamedLines,
  meaningAt: MeaningAt,
): Landmarks {
  for (const line of lines) {
    const meaning = meaningAt(line);
    if (meaning !== undefined) named.add(line, meaning);
  }
  const nextThat = (isSought: (meaning: Meaning) => boolean) => (after: number) => {
    for (let line = after + 1; line < document.starts.length; line += 1) {
      const meaning = meaningAt(line);
      if (meaning !== undefined && isSought(meaning)) return line;
    }
    return undefined;
  };
  return {
    ...named.lines,
    markerAfter: nextThat(isMarker),
    headerAfter: nextThat(({ isHeader }) => isHeader),
  };
}

/** The lines by the names that they are of, where these are asked for. */
class NamedLines {
  readonly lines = {
    starts: new Map<string, number[]>(),
    ends: new Map<string, number[]>(),
    claims: new Map<string, number[]>(),
  };
  readonly #asked: ReadonlySet<string> | undefined;

  constructor(asked: ReadonlySet<string> | undefined) {
    this.#asked = asked;
  }

  add(line: number, { start, end, claimed }: Meaning): void {
    if (start !== undefined) this.#add(this.lines.starts, start, line);
    if (end !== undefined) this.#add(this.lines.ends, end, line);
    for (const name of claimed) this.#add(this.lines.claims, name, line);
  }

  #add(map: Map<string, number[]>, name: string, line: number): void {
    if (this.#asked?.has(name) === false) return;
    const lines = map.get(name);
    if (lines === undefined) map.set(name, [line]);
    else lines.push(line);
  }
}

/** For more names than these, one walk over all lines is faster than a search for each. */
const fewNames = 8;

/**
 * The lines that any of these few names stands in, ascending: a landmark spells its name as it is,
 * but for a header with quotes or backslashes in it. Undefined where all lines have to be looked at.
 */
function linesNaming(
  document: SharedDocument,
  names: ReadonlySet<string>,
): readonly number[] | undefined {
  const { text } = document;
  if (names.size > fewNames || names.has("") || hasByteOrderMark(document)) return undefined;
  // The first test is a quick one, and most files pass it.
  if (/["'\\]/.test(text) && /^[^\S\r\n]*\[.*["'\\]/m.test(text)) return undefined;
  const lines = new Set<number>();
  for (const name of names) {
    for (let at = text.indexOf(name); at >= 0; ) {
      const line = lineAt(document, at);
      lines.add(line);
      at = text.indexOf(name, document.starts[line + 1] ?? text.length);
    }
  }
  return [...lines].sort((a, b) => a - b);
}
