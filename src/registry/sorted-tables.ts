import { bufferOf } from "../files/buffer-of.ts";
import type { ReadHandle } from "../host.ts";

// Below this many bytes reading on costs less than halving again.
const smallEnough = 16_384;
const chunk = 4096;
const openBracket = 0x5b;
const newline = 0x0a;

/**
 * Finds a table in a TOML file whose tables stand in the order of their header lines' bytes, with
 * no line but a header starting with `[`, by halving: a few reads, however long the file is. Gives
 * the table's text with its header; undefined where no table has this header line, or several have.
 */
export function findTable(handle: ReadHandle, header: string): string | undefined {
  const wanted = new TextEncoder().encode(header);
  let from = 0;
  let to = handle.size;
  while (to - from > smallEnough) {
    const middle = Math.floor((from + to) / 2);
    const start = nextHeader(handle, middle, to);
    if (start === undefined || Buffer.compare(lineAt(handle, start), wanted) >= 0) to = middle;
    else from = start;
  }
  const rest = readingAhead(handle);
  for (let start = nextHeader(rest, from, rest.size); start !== undefined; ) {
    const order = Buffer.compare(lineAt(rest, start), wanted);
    if (order > 0) return undefined;
    const end = nextHeader(rest, start + 1, rest.size);
    if (order === 0) {
      if (end !== undefined && Buffer.compare(lineAt(rest, end), wanted) === 0) return undefined;
      return new TextDecoder().decode(rest.readAt(start, (end ?? rest.size) - start));
    }
    start = end;
  }
  return undefined;
}

/** Reads more than is asked for at once, and gives what is asked for behind it from memory. */
function readingAhead(handle: ReadHandle): ReadHandle {
  let first = 0;
  let bytes: Uint8Array = new Uint8Array();
  return {
    ...handle,
    readAt(position, length) {
      const end = Math.min(position + length, handle.size);
      if (position < first || end > first + bytes.length) {
        first = position;
        bytes = handle.readAt(position, Math.max(length, smallEnough));
      }
      return bytes.subarray(position - first, end - first);
    },
  };
}

/** Where the first header line at or behind `from` starts; undefined where none does before `to`. */
function nextHeader(handle: ReadHandle, from: number, to: number): number | undefined {
  if (from === 0 && handle.readAt(0, 1)[0] === openBracket) return 0;
  // A header starts behind a newline, which may be the byte before `from`; so chunks overlap by one.
  for (let position = Math.max(0, from - 1); position < to; position += chunk - 1) {
    const bytes = bufferOf(handle.readAt(position, Math.min(chunk, to - position)));
    // A search by the engine itself: a loop over bytes costs milliseconds in a program just started.
    const found = bytes.indexOf("\n[");
    if (found !== -1) return position + found + 1;
  }
  return undefined;
}

/** The line that starts there, without its end. */
function lineAt(handle: ReadHandle, start: number): Uint8Array {
  for (let length = 256; ; length *= 2) {
    const bytes = handle.readAt(start, length);
    const end = bytes.indexOf(newline);
    if (end !== -1) return bytes.subarray(0, end);
    if (bytes.length < length) return bytes;
  }
}
