import { bufferOf } from "../files/buffer-of.ts";

/** Which of the two AWS files it is: they name their sections differently. */
export type FileKind = "config" | "credentials";

export type LineEnding = "\n" | "\r\n";

/**
 * A file as lines, every byte kept: one character of `text` is one byte (latin1), so that nothing,
 * invalid UTF-8 included, is lost between reading and writing. A line ends in LF, which belongs to
 * it; what follows the last LF is a line too where it is not empty.
 */
export interface SharedDocument {
  readonly kind: FileKind;
  readonly text: string;
  /** Where each line starts in `text`. Found when it is first asked for: much can do without. */
  readonly starts: readonly number[];
}

/**
 * Answers a question about a document once: nothing of one ever changes, and a run asks the same of
 * large files again and again.
 */
export function oncePerDocument<T>(
  answer: (document: SharedDocument) => T,
): (document: SharedDocument) => T {
  const answers = new WeakMap<SharedDocument, { readonly answer: T }>();
  return (document) => {
    let known = answers.get(document);
    if (known === undefined) {
      known = { answer: answer(document) };
      answers.set(document, known);
    }
    return known.answer;
  };
}

/** The place behind the last line, for an edit that needs to know of no other line. */
export const endOfFile = Number.MAX_SAFE_INTEGER;

/** Lines to put in place of `removed` lines at `line` (0-based); `insert` holds no line ends. */
export interface LineEdit {
  /** `endOfFile` for what is put behind all others. */
  readonly line: number;
  readonly removed: number;
  readonly insert: readonly string[];
  readonly ending: LineEnding;
}

/** As the characters of a document. */
export const byteOrderMark = "\u00ef\u00bb\u00bf";

/** The document of a file's bytes; a missing file is an empty one. */
export function documentOf(kind: FileKind, bytes: Uint8Array | undefined): SharedDocument {
  return documentOfText(kind, bytes === undefined ? "" : bufferOf(bytes).toString("latin1"));
}

/** The document of a text whose characters are bytes. */
export function documentOfText(kind: FileKind, text: string): SharedDocument {
  let starts: readonly number[] | undefined;
  return {
    kind,
    text,
    get starts() {
      starts ??= lineStarts(text);
      return starts;
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts: number[] = [];
  for (let start = 0; start < text.length; ) {
    starts.push(start);
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return starts;
}

/** The bytes of a document: those that it was made of, for any input. */
export function bytesOf(document: SharedDocument): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(document.text.length);
  bytes.write(document.text, "latin1");
  return bytes;
}

/** A line without its LF or CRLF; of the first line, without the byte order mark. */
export function contentOf(document: SharedDocument, line: number): string {
  const { text, starts } = document;
  let start = starts[line] ?? text.length;
  let end = starts[line + 1] ?? text.length;
  if (end > start && text.charCodeAt(end - 1) === 10) {
    end -= 1;
    if (end > start && text.charCodeAt(end - 1) === 13) end -= 1;
  }
  if (line === 0 && hasByteOrderMark(document)) start += byteOrderMark.length;
  return text.slice(start, Math.max(start, end));
}

/** How many lines end before a place in a text. */
export function linesBefore(text: string, place: number): number {
  return text.slice(0, place).split("\n").length - 1;
}

export function hasByteOrderMark(document: SharedDocument): boolean {
  return document.text.startsWith(byteOrderMark);
}

/** How a line ends; undefined for a last line without an end. */
export function endingOf(document: SharedDocument, line: number): LineEnding | undefined {
  const end = document.starts[line + 1] ?? document.text.length;
  if (document.text[end - 1] !== "\n") return undefined;
  return document.text[end - 2] === "\r" ? "\r\n" : "\n";
}

/** The file's own line ending, which is that of its first line; LF where there is none. */
export function endingOfDocument({ text }: SharedDocument): LineEnding {
  return text[text.indexOf("\n") - 1] === "\r" ? "\r\n" : "\n";
}

/**
 * The document with these edits, which are of different lines and may come in any order. Lines that
 * no edit names keep their bytes.
 *
 * A text without a final line end stays one: what is put after it gets a line end before it and
 * none behind it. So taking it away again gives the first text back, byte for byte.
 */
export function applyEdits(document: SharedDocument, edits: readonly LineEdit[]): SharedDocument {
  if (edits.length === 0) return document;
  const { text } = document;
  const startOf = (line: number) =>
    line >= endOfFile ? text.length : (document.starts[line] ?? text.length);
  const pieces: string[] = [];
  let taken = 0;
  let endsLine = true;
  let lastEnding: LineEnding = "\n";
  const take = (piece: string) => {
    if (piece === "") return;
    pieces.push(piece);
    endsLine = piece.endsWith("\n");
  };
  for (const edit of inOrder(edits)) {
    // The byte order mark is nobody's line: it stays where it is.
    const isFirst = edit.line === 0 && hasByteOrderMark(document);
    const from = isFirst ? byteOrderMark.length : startOf(edit.line);
    take(text.slice(taken, from));
    if (isFirst) endsLine = true;
    for (const line of edit.insert) take((endsLine ? "" : edit.ending) + line + edit.ending);
    taken = Math.max(taken, from, startOf(edit.line + edit.removed));
    lastEnding = edit.ending;
  }
  take(text.slice(taken));
  const edited = pieces.join("");
  const lacksFinalEnding = text !== "" && !text.endsWith("\n");
  return documentOfText(
    document.kind,
    lacksFinalEnding ? withoutFinalEnding(edited, lastEnding) : edited,
  );
}

/** Edits from the first line to the last; those of one line as they were given. */
export function inOrder(edits: readonly LineEdit[]): readonly LineEdit[] {
  return edits.toSorted((a, b) => a.line - b.line);
}

function withoutFinalEnding(text: string, ending: LineEnding): string {
  if (text.endsWith(ending)) return text.slice(0, -ending.length);
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
