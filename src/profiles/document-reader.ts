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
    const path = locations[kind];
    const before = known.get(kind);
    const reading = attempt(path, () => {
      if (before !== undefined && holds(host.files, path, before.bytes)) return before;
      const bytes = host.files.read(path);
      return { bytes, document: documentOf(kind, bytes) };
    });
    known.set(kind, reading);
    return reading;
  };
  return { current, latest: (kind) => known.get(kind) ?? current(kind) };
}

/** Whether a file holds just these bytes; where they are undefined, whether there is none. */
export function holds(files: Host["files"], path: string, bytes: Uint8Array | undefined): boolean {
  return bytes === undefined ? files.status(path) === undefined : files.holds(path, bytes);
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fileError(error, "read", path);
  }
}
