import { decodeObject } from "../aws/json-reply.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import { takePrivateLock } from "../files/private-lock.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Host } from "../host.ts";
import type { SourceContext } from "./source.ts";

/** A file of tokens that the AWS CLI and the SDKs share: a JSON object. */
export type CachedToken = Readonly<Record<string, unknown>>;

/**
 * The cache file; undefined where there is none, or what is there is no JSON object, or one nested so
 * deep that it could not be written again when its refresh token is used up.
 */
export function readCachedToken({ files }: Host, path: string): CachedToken | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = files.read(path);
  } catch (error) {
    throw new LetmeError(
      "credentials",
      `the token file \`${path}\` cannot be read (${errnoOf(error) ?? "no reason known"})`,
      { hint: "see whom it belongs to and its mode", cause: error },
    );
  }
  const token = bytes === undefined ? undefined : decodeObject(new TextDecoder().decode(bytes));
  return token !== undefined && canBeWritten(token) ? token : undefined;
}

function canBeWritten(token: CachedToken): boolean {
  try {
    return JSON.stringify(token) !== "";
  } catch {
    return false;
  }
}

/**
 * Puts a refreshed token back in its place, whole or not at all and for its user alone, so that
 * other programs go on from it. That it cannot be written is a warning: the token in hand is good.
 */
export async function writeCachedToken(
  { host, warn }: SourceContext,
  path: string,
  token: CachedToken,
  consequence: string,
): Promise<void> {
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify(token, null, 2)}\n`);
    await writeWhole(host, path, bytes, { mode: 0o600, modeMask: 0o600 });
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
    warn(`${error.message}: ${consequence}`);
  }
}

// A refresh takes a second, where AWS answers at once; who has waited so long does without the lock.
const lockMilliseconds = 25_000;

/**
 * Keeps other letmes from refreshing meanwhile: a refresh token may be good once only. What a killed
 * one left beside the file of the token is cleared away. Where the lock cannot be had, the refresh
 * is done without it.
 */
export async function whileRefreshing<T>(
  { host, refreshLock }: SourceContext,
  path: string,
  refresh: () => Promise<T>,
): Promise<T> {
  let release = () => {};
  try {
    const lock = await takePrivateLock(host, refreshLock, lockMilliseconds);
    release = () => lock.release();
    removeLeftoversOf(host, [path]);
  } catch {
    // As AWS's own tools do it, which have no lock.
  }
  try {
    return await refresh();
  } finally {
    release();
  }
}

/** A moment in a token file; the older form of the AWS CLI ends in `UTC`. */
export function momentOf(text: unknown): Date | undefined {
  if (typeof text !== "string") return undefined;
  const moment = new Date(text.replace(/UTC$/, "Z"));
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
