import type { AwsClient } from "../aws/client.ts";
import type { Credentials } from "../aws/credentials.ts";
import type { Host } from "../host.ts";
import type { SharedFiles } from "../profiles/reader.ts";

/** What gave the first credentials, before any role of a profile was assumed with them. */
export type SourceKind =
  | "environment"
  | "static-keys"
  | "web-identity"
  | "sso"
  | "login-session"
  | "credential-process"
  | "container"
  | "instance-metadata";

/** The credentials that letme starts from, and where it found them. */
export interface SourceCredentials {
  readonly credentials: Credentials;
  readonly kind: SourceKind;
  /** The profiles that led there, from the one that was asked for on; none outside of profiles. */
  readonly profiles: readonly string[];
  /** The roles of profiles that were assumed on the way, in the order of assuming. */
  readonly roles: readonly string[];
  /** For people, as in "the environment" or "profile `default`". */
  readonly origin: string;
}

/** A source that is set up, and yet may turn out to have nothing when it is asked. */
export interface SourceCandidate extends Omit<ChosenSource, "load"> {
  readonly load: () => Promise<SourceCredentials | undefined>;
}

/** The source that holds in a run, as far as it is known before anything is asked for credentials. */
export interface ChosenSource {
  /** The same source has the same identity in every run, though its keys may change. */
  readonly identity: string;
  /** Whether its credentials are temporary ones; undefined where only they will tell. */
  readonly isTemporary: boolean | undefined;
  /**
   * The credentials, which some sources ask of the network, of the user or of a program; rejects
   * with a `LetmeError` where they cannot be had or have ended.
   */
  readonly load: () => Promise<SourceCredentials>;
}

/** What a source may look at and use. */
export interface SourceContext {
  readonly host: Host;
  readonly sharedFiles: SharedFiles;
  /** The name of the profile that everything starts at, also where no file has it. */
  readonly profileName: string;
  /** The region of this run, for a source that says none; undefined where none is set. */
  readonly region: string | undefined;
  /** A way to AWS in a region. */
  readonly clientIn: (region: string) => AwsClient;
  /** Does a request with a code of an MFA device (an ARN or a serial number) that a profile names. */
  readonly spendTokenCode: SpendTokenCode;
  /** What the user should know, though nothing failed. */
  readonly warn: (text: string) => void;
  /** Locked while a token that is good once is refreshed and written back. */
  readonly refreshLock: string;
}

/** Does a request with a code of this device that was not sent before. */
export type SpendTokenCode = <T>(
  serialNumber: string,
  send: (tokenCode: string) => Promise<T>,
) => Promise<T>;

/**
 * One place that credentials may come from. Undefined where it is not configured, so that the next
 * one is tried; a `credentials` or `configuration` error where it is, and fails: then nothing else
 * is tried.
 */
export type Source = (context: SourceContext) => Promise<SourceCredentials | undefined>;

/** What comes from one profile, without another's help. */
export function fromProfile(
  name: string,
  kind: SourceKind,
  credentials: Credentials,
): SourceCredentials {
  return {
    credentials,
    kind,
    profiles: [name],
    roles: [],
    origin: `profile \`${name}\``,
  };
}
