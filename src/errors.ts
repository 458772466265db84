/** What kind of failure it was; each kind has its exit code. */
export type ErrorKind =
  | "failed"
  | "usage"
  | "configuration"
  | "credentials"
  | "interrupted"
  | "not-found"
  | "not-executable";

const exitCodes: Readonly<Record<ErrorKind, number>> = {
  failed: 1,
  usage: 2,
  configuration: 3,
  credentials: 4,
  interrupted: 130,
  // What shells say of a command that is not there, and of one that cannot be run.
  "not-found": 127,
  "not-executable": 126,
};

/** The exit code that a shell sees for a failure of this kind. */
export function exitCodeOf(kind: ErrorKind): number {
  return exitCodes[kind];
}

/**
 * A failure that letme foresaw. `message` says what went wrong, with the object in backticks and
 * no secret in it; `hint` is the next step, a command where there is one. Everything else that is
 * thrown is a defect of letme and is shown as such.
 */
export class LetmeError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LetmeError";
    this.kind = kind;
    this.hint = options.hint;
  }
}

/** No whole reply came from the network: `reached` is false only where the request surely never left for the server. */
export class NetworkError extends Error {
  /**
   * `proxy`: there is one to go through, and it cannot be used or refused to. `tls`: what answered
   * speaks none, or none that letme does.
   */
  readonly reason: "timeout" | "connect" | "tls" | "certificate" | "proxy" | "broken";
  readonly reached: boolean;
  /** The proxy that it was to go through, for people and without its password. */
  readonly via: string | undefined;

  constructor(reason: NetworkError["reason"], message: string, cause?: unknown, via?: string) {
    super(message, { cause });
    this.name = "NetworkError";
    this.reason = reason;
    this.via = via;
    this.reached = reason === "timeout" || reason === "broken";
  }
}

/** The operating system's name for an error (`ENOENT`, `ENOSPC` …), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What stands in a file's place and would be waited for, perhaps for ever: reading it is refused. */
export const notAFile = {
  /** The name that macOS has for "inappropriate file type". */
  errno: "EFTYPE",
  reason: "it is a pipe, a socket or a device, not a file",
};

/** Why a file of letme's own could not be read, in few words. */
export function readingProblem(error: unknown): string {
  const errno = errnoOf(error) ?? "no reason known";
  return errno === notAFile.errno ? notAFile.reason : errno;
}
