import type { AwsClient } from "../aws/client.ts";
import type { Credentials, TemporaryCredentials } from "../aws/credentials.ts";
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
  /** Whether an MFA code gave them, now or when they were remembered. */
  readonly byCode?: boolean;
  /** New ones, where these were remembered rather than just given, and AWS no longer takes them. */
  readonly renew?: (() => Promise<SourceCredentials>) | undefined;
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
  /** Its access key id, or that of the keys behind its roles; undefined where only asking tells. */
  readonly accessKeyId: () => Promise<string | undefined>;
  /**
   * The credentials, which some sources ask of the network, of the user or of a program; rejects
   * with a `LetmeError` where they cannot be had or have ended.
   */
  readonly load: () => Promise<SourceCredentials>;
}

/** What a source may look at and use. */
export interface SourceContext {
  readonly host: Host;
  /** What time it is for AWS, as far as its replies have shown. */
  readonly awsTime: () => Date;
  readonly sharedFiles: SharedFiles;
  /** The name of the profile that everything starts at, also where no file has it. */
  readonly profileName: string;
  /** The region of this run, for a source that says none; undefined where none is set. */
  readonly region: string | undefined;
  /** A way to AWS in a region. */
  readonly clientIn: (region: string) => AwsClient;
  /** Does a request with a code of an MFA device (an ARN or a serial number) that a profile names. */
  readonly spendTokenCode: SpendTokenCode;
  /** What is remembered of the roles that profiles name; opened where there is such a role. */
  readonly openRoles: () => Promise<RoleMemory>;
  /** What the user should know, though nothing failed. */
  readonly warn: (text: string) => void;
  /** Locked while a token that is good once is refreshed and written back. */
  readonly refreshLock: string;
}

/** A role that a profile names, and all that counts for assuming it. */
export interface ProfileRole {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
  /** Of the MFA device that a code is asked of. */
  readonly serialNumber: string | undefined;
  /** Where STS is asked for it. */
  readonly region: string;
}

/** Roles that are assumed one after the other, the first of them with this access key. */
export interface RolePath {
  readonly accessKeyId: string;
  readonly roles: readonly ProfileRole[];
}

/** What is remembered, between runs, of the last role of a path. */
export interface RoleMemory {
  /** Credentials with some life left. */
  recall(path: RolePath): Promise<TemporaryCredentials | undefined>;
  /** Remembers them at once: whatever happens to the rest of the run, nothing is asked twice. */
  save(path: RolePath, credentials: TemporaryCredentials): Promise<void>;
  /** Forgets these and what led to them, unless another letme has got others by now. */
  forget(path: RolePath, stale: TemporaryCredentials): Promise<void>;
  /** Takes turns with other letmes whose path has the same first role. */
  inTurn<T>(path: RolePath, act: () => Promise<T>): Promise<T>;
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
