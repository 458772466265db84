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

/** Reads one of the AWS files as it is now. A `LetmeError` where it cannot be read. */
export type DocumentReader = (kind: FileKind) => Reading;

/**
 * A reader of these files. Each call reads the bytes; where they are the same as those of the call
 * before, so is the document, with what was found out about it.
 */
export function documentReader(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
): DocumentReader {
  const latest = new Map<FileKind, Reading>();
  return (kind) => {
    const bytes = readBytes(host, locations[kind]);
    const before = latest.get(kind);
    if (before !== undefined && sameBytes(before.bytes, bytes)) return before;
    const reading = { bytes, document: documentOf(kind, bytes) };
    latest.set(kind, reading);
    return reading;
  };
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
