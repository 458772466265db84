import { isFileSafe } from "../key-form.ts";

/**
 * What letme remembers between runs, as it stands in the file. Nothing in it outlives its
 * `expiration` or `until`, and no long-term secret and no MFA code is in it.
 */
export interface State {
  /** Tables in which a name is found by Scan alone, by the key of which it is and who asks it. */
  readonly scans: Readonly<Record<string, RememberedScan>>;
  /** What an account of a table stood for when it was last looked up, by the key of the question. */
  readonly lookups: Readonly<Record<string, RememberedLookup>>;
  /**
   * MFA sessions, intermediate hops, and accounts whose credentials went to a program instead of
   * the AWS files; by the key of what they stand for.
   */
  readonly credentials: Readonly<Record<string, RememberedCredentials>>;
  /** The code last sent of each MFA device, by serial number. */
  readonly codes: Readonly<Record<string, UsedCode>>;
}

/** That a table had to be scanned, for a while: no Scan tells that it was made anew since. */
export interface RememberedScan {
  /** ISO 8601. */
  readonly until: string;
}

/** An account that was looked up in a table: the digest of its chain, its main region. */
export interface RememberedLookup {
  readonly chain: string;
  readonly region: string | undefined;
  /** ISO 8601. */
  readonly until: string;
}

/** Temporary credentials of a step on the way to an account, or of the account itself. */
export interface RememberedCredentials {
  readonly kind: "mfa-session" | "hop" | "account";
  /** For people: the serial number of the device, the ARN of the role, the name of the account. */
  readonly label: string;
  /** The access key id that it began with, all but its ends hidden. */
  readonly source: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601. */
  readonly expiration: string;
  /** Of an account: what its credentials stand for. */
  readonly stands?: AccountChain;
}

/** What credentials of an account stand for: the digest of their chain, the account's region. */
export interface AccountChain {
  readonly chain: string;
  readonly region?: string;
  /** A hash of where STS was asked, and with which access key; older letmes did not note it. */
  readonly origin?: string;
}

/** A code that was sent: its hash, and the number of the 30-second step in which that was. */
export interface UsedCode {
  readonly hash: string;
  readonly step: number;
}

export const emptyState: State = { scans: {}, lookups: {}, credentials: {}, codes: {} };

const currentVersion = 1;
// A code counts in its own step and the ones beside it; behind these nothing is to be known of it.
const stepsToKeep = 10;
/** RFC 6238's time step, which the devices that AWS takes have. */
export const stepMilliseconds = 30_000;

/** Reads the text of the file: a state, or why it is none. */
export function decodeState(text: string): State | "damaged" | "newer" {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return "damaged";
  }
  if (!isRecord(content)) return "damaged";
  const version = content["version"];
  if (typeof version === "number" && version > currentVersion) return "newer";
  if (version !== currentVersion) return "damaged";
  const members = {
    scans: readMember(content["scans"], isScan),
    lookups: readMember(content["lookups"], isLookup),
    credentials: readMember(content["credentials"], isCredentials),
    codes: readMember(content["codes"], isUsedCode),
  };
  const { scans, lookups, credentials, codes } = members;
  if (!scans || !lookups || !credentials || !codes) return "damaged";
  return { scans, lookups, credentials: keep(credentials, areFit), codes };
}

/** Keys that go into headers, files and shells; an entry with others is as good as none. */
function areFit({ accessKeyId, secretAccessKey, sessionToken }: RememberedCredentials): boolean {
  return [accessKeyId, secretAccessKey, sessionToken].every(isFileSafe);
}

/** The text of the file. */
export function encodeState(state: State): string {
  return `${JSON.stringify({ version: currentVersion, ...state })}\n`;
}

/**
 * The state without what has run out: credentials by AWS's time, the rest by this machine's, as it
 * was noted. Where AWS's time is not known, no credentials are taken for expired.
 */
export function sweep(state: State, now: Date, awsTime: Date | "unknown"): State {
  const step = Math.floor(now.getTime() / stepMilliseconds);
  return {
    scans: keep(state.scans, (scan) => new Date(scan.until) > now),
    lookups: keep(state.lookups, (lookup) => new Date(lookup.until) > now),
    credentials:
      awsTime === "unknown"
        ? state.credentials
        : keep(state.credentials, (one) => new Date(one.expiration) > awsTime),
    codes: keep(state.codes, (code) => step - code.step < stepsToKeep),
  };
}

function keep<T>(
  members: Readonly<Record<string, T>>,
  isKept: (member: T) => boolean,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => isKept(member)));
}

/** A member that is not there is empty; one that has anything of another form in it is undefined. */
function readMember<T>(
  value: unknown,
  isOne: (one: unknown) => one is T,
): Readonly<Record<string, T>> | undefined {
  if (value === undefined) return {};
  if (!isRecord(value)) return undefined;
  const entries: [string, T][] = [];
  for (const [key, one] of Object.entries(value)) {
    if (!isOne(one)) return undefined;
    entries.push([key, one]);
  }
  return Object.fromEntries(entries);
}

function isScan(value: unknown): value is RememberedScan {
  return isRecord(value) && isTime(value["until"]);
}

function isLookup(value: unknown): value is RememberedLookup {
  if (!isRecord(value)) return false;
  const { chain, region, until } = value as Partial<Record<string, unknown>>;
  return isText(chain) && (region === undefined || isText(region)) && isTime(until);
}

function isCredentials(value: unknown): value is RememberedCredentials {
  if (!isRecord(value)) return false;
  const { kind } = value as Partial<Record<string, unknown>>;
  const texts = ["label", "source", "region", "accessKeyId", "secretAccessKey", "sessionToken"];
  return (
    (kind === "mfa-session" ||
      kind === "hop" ||
      (kind === "account" && isStands(value["stands"]))) &&
    texts.every((name) => isText(value[name])) &&
    isTime(value["expiration"])
  );
}

function isStands(value: unknown): value is AccountChain {
  if (!isRecord(value)) return false;
  const { chain, region, origin } = value as Partial<Record<string, unknown>>;
  return isText(chain) && [region, origin].every((one) => one === undefined || isText(one));
}

function isUsedCode(value: unknown): value is UsedCode {
  return isRecord(value) && isText(value["hash"]) && Number.isInteger(value["step"]);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(new Date(value).getTime());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
