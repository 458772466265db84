import type { Credentials } from "../aws/credentials.ts";
import type { Host } from "../host.ts";
import type { SharedFiles } from "../profiles/reader.ts";

/** The credentials that letme starts from, and where it found them. */
export interface SourceCredentials {
  readonly credentials: Credentials;
  /** For people, as in "the environment" or "profile `default`". */
  readonly origin: string;
  /** The same source has the same identity in every run, though its keys may change. */
  readonly identity: string;
}

/** What a source may look at. */
export interface SourceContext {
  readonly host: Host;
  readonly sharedFiles: SharedFiles;
}

/**
 * One place that credentials may come from. Undefined where it is not configured, so that the next
 * one is tried; a `credentials` or `configuration` error where it is, and fails: then nothing else
 * is tried.
 */
export type Source = (context: SourceContext) => Promise<SourceCredentials | undefined>;
