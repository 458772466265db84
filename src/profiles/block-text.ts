import type { FileKind } from "./document.ts";
import type { AnyProfileToWrite, ProfileOwner } from "./profile.ts";
import { isProcessProfile } from "./profile.ts";

/** The comments of a block: when it was obtained, when it expires, what it stands for. */
export interface BlockComments {
  readonly obtainedAt?: string;
  readonly expiration?: Date;
  readonly chain?: string;
  readonly owner?: ProfileOwner;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const obtainedComment = /^#([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{2}):(\d{2}):(\d{2});t\s*$/;
const expiresComment =
  /^#expires (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z) chain ([0-9a-f]{8,64})\s*$/;
const managedComment = /^#managed by letme\s*$/;
const ownerComment = /^#account (\d{12}) context ([\w.@+-]+)\s*$/;

/** Keys of the credentials file that letme owns; botocore prefers the old one of the last two. */
export const credentialKeys: readonly string[] = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
];

/** Whether a comment of a block is one that letme writes. */
export function isOwnedComment(content: string): boolean {
  return [obtainedComment, expiresComment, managedComment, ownerComment].some((form) =>
    form.test(content),
  );
}

/** The `output` that letme gives a new block; another one is the user's. */
export const ownOutput = "json";

/** Whether letme owns a property of its block. */
export function isOwnedProperty(kind: FileKind, key: string, value: string): boolean {
  if (kind === "config" && key === "output") return value === ownOutput;
  return isOwnedKey(kind, key, value);
}

/** Whether letme may have a property of this key in its block, whoever set it to this value. */
export function isOwnedKey(kind: FileKind, key: string, value: string): boolean {
  if (kind === "credentials") return credentialKeys.includes(key);
  return key === "credential_process" ? runsLetme(value) : key === "region" || key === "output";
}

/** Whether a `credential_process` is letme itself: `letme obtain …` or `letme export …`. */
export function runsLetme(command: string): boolean {
  const [program = ""] = /^(?:"[^"]*"|[^\s"])+(?=\s)/.exec(command) ?? [];
  const name = program.replaceAll('"', "").split(/[\\/]/).at(-1);
  if (name !== "letme" && name !== "letme.exe") return false;
  const words = command.slice(program.length).split(/\s+/);
  return ["obtain", "ob", "export"].some((word) => words.includes(word));
}

/** The comment lines of a profile's block. */
export function commentsFor(kind: FileKind, profile: AnyProfileToWrite): readonly string[] {
  if (kind === "config") {
    const { owner } = profile;
    const whose = owner === undefined ? [] : [`#account ${owner.account} context ${owner.context}`];
    return ["#managed by letme", ...whose];
  }
  if (isProcessProfile(profile)) return ["#managed by letme"];
  return [
    `#${renderLocalTime(profile.obtainedAt)};t`,
    `#expires ${renderSeconds(profile.credentials.expiration)} chain ${profile.chain}`,
  ];
}

/** The properties of a profile's block that letme keeps up to date. */
export function propertiesFor(
  kind: FileKind,
  profile: AnyProfileToWrite,
): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  if (kind === "config") {
    if (profile.region !== undefined) properties.set("region", profile.region);
    if (isProcessProfile(profile)) properties.set("credential_process", profile.credentialProcess);
  } else if (!isProcessProfile(profile)) {
    properties.set("aws_access_key_id", profile.credentials.accessKeyId);
    properties.set("aws_secret_access_key", profile.credentials.secretAccessKey);
    properties.set("aws_session_token", profile.credentials.sessionToken);
  }
  return properties;
}

/** What the comment lines of a block say; unknown lines say nothing. */
export function parseComments(lines: readonly string[]): BlockComments {
  let comments: BlockComments = {};
  for (const line of lines) {
    const obtainedAt = parseLocalTime(line);
    if (obtainedAt !== undefined) comments = { ...comments, obtainedAt };
    const [, account, context] = ownerComment.exec(line) ?? [];
    if (account !== undefined && context !== undefined) {
      comments = { ...comments, owner: { account, context } };
    }
    const [, expires, chain] = expiresComment.exec(line) ?? [];
    const expiration = expires === undefined ? undefined : parseMoment(expires);
    if (expiration === undefined || chain === undefined) continue;
    comments = { ...comments, expiration, chain };
  }
  return comments;
}

/** The original's form of a local time: `Nov 22, 2026 23:22:40` for `2026-11-22 23:22:40`. */
function renderLocalTime(localTime: string): string {
  const [date = "", time = ""] = localTime.split(" ");
  const [year = "", month = "", day = ""] = date.split("-");
  return `${months[Number(month) - 1] ?? ""} ${Number(day)}, ${year} ${time}`;
}

function parseLocalTime(line: string): string | undefined {
  const [, monthName = "", day, year, hours, minutes, seconds] = obtainedComment.exec(line) ?? [];
  const month = months.indexOf(monthName);
  if (month < 0) return undefined;
  const date = [year, twoDigits(month + 1), twoDigits(Number(day))].join("-");
  const time = [hours, minutes, seconds].join(":");
  return parseMoment(`${date}T${time}Z`) === undefined ? undefined : `${date} ${time}`;
}

/**
 * The moment that such a text is; undefined where the calendar has none, as on 31 February: anybody
 * may have changed a comment, and `Date` would take a day in March for it.
 */
function parseMoment(text: string): Date | undefined {
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && renderSeconds(moment) === text ? moment : undefined;
}

/** ISO 8601 in UTC, whole seconds, never later than the moment itself. */
function renderSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
