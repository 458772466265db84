import type { Invocation } from "../cli/declaration.ts";
import { type DocumentReader, documentReader } from "../profiles/document-reader.ts";
import { locateSharedFiles, type SharedFileLocations } from "../profiles/locations.ts";
import { readSharedFiles, type SharedFiles } from "../profiles/reader.ts";

/** The AWS files of this run, as they are when they are first needed. */
export interface AwsFiles {
  readonly locations: SharedFileLocations;
  readonly shared: SharedFiles;
  /** For those who look at them again. */
  readonly documents: DocumentReader;
}

/** Finds where the AWS files are and reads them. A `LetmeError` where one cannot be read. */
export function readAwsFiles({ host }: Invocation): AwsFiles {
  const locations = locateSharedFiles(host);
  const documents = documentReader(host, locations);
  return { locations, shared: readSharedFiles(host, locations, documents.current), documents };
}
