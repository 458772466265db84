import { fileError } from "../files/file-error.ts";
import type { Host } from "../host.ts";
import { documentOf, type FileKind, type SharedDocument } from "./document.ts";
import type { SharedFileLocations } from "./locations.ts";

/** One of the AWS files as it was at a moment. */
export interface Reading {
  /** Undefined where there is no file. */
  readonly bytes: Uint8Array | undefined;
  readonly document: SharedDocument;
}

/** Gives one of the AWS files. A `LetmeError` where it cannot be read. */
export type ReadDocument = (kind: FileKind) => Reading;

/** The AWS files of a run, which looks at them more than once. */
export interface DocumentReader {
  /**
   * As it is now. Where the bytes are the same as before, so is the document, with what was found
   * out about it.
   */
  readonly current: ReadDocument;
  /** As it was when it was last looked at. */
  readonly latest: ReadDocument;
}

export function documentReader(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
): DocumentReader {
  const known = new Map<FileKind, Reading>();
  const current: ReadDocument = (kind) => {
    const bytes = readBytes(host, locations[kind]);
    const before = known.get(kind);
    if (before !== undefined && sameBytes(before.bytes, bytes)) return before;
    const reading = { bytes, document: documentOf(kind, bytes) };
    known.set(kind, reading);
    return reading;
  };
  return { current, latest: (kind) => known.get(kind) ?? current(kind) };
}

/** Whether two files, undefined where there is none, are the same. */
export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}

function readBytes(host: Pick<Host, "files">, path: string): Uint8Array | undefined {
  try {
    return host.files.read(path);
  } catch (error) {
    throw fileError(error, "read", path);
  }
}
