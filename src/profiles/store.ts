import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { takePrivateLock } from "../files/private-lock.ts";
import type { Host } from "../host.ts";
import { type Change, planChange } from "./change.ts";
import { renderDiff } from "./diff.ts";
import { documentReader, type ReadDocument } from "./document-reader.ts";
import type { SharedFileLocations } from "./locations.ts";
import { readDocuments } from "./ownership-check.ts";
import { isSound } from "./problems.ts";
import { type AnyProfileToWrite, checkProfiles } from "./profile.ts";
import { applyChange, type UpdateReport } from "./transaction.ts";

/** What the store needs of the machine. */
export type StoreHost = Pick<Host, "files" | "clock" | "platform" | "processes">;

/** How long letme waits for another letme that is writing. */
const lockTimeout = 60_000;

/**
 * Writes profiles into the AWS files, all or none: under the lock, each file whole or not at all,
 * the config file first. Folder and files are made where missing. Throws a `LetmeError` and leaves
 * both files as they were where something fails.
 */
export async function writeProfiles(
  host: StoreHost,
  locations: SharedFileLocations,
  lockPath: string,
  profiles: readonly AnyProfileToWrite[],
  read: ReadDocument = documentReader(host, locations).current,
): Promise<UpdateReport> {
  checkProfiles(profiles);
  return locked(host, locations, lockPath, () => ({ action: "write", profiles }), read);
}

/**
 * Does ahead of a `writeProfiles` by the same reader what need not wait for its profiles; meant for
 * a time when something else is waited for. Changes nothing, and leaves it to `writeProfiles` to say
 * what is wrong.
 */
export function prepareWriting(read: ReadDocument): void {
  try {
    for (const document of Object.values(readDocuments(read))) isSound(document);
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
  }
}

/**
 * Removes letme's blocks of these names from both files, all or none, the credentials first. A name
 * that no file knows and one whose profile is not letme's are different `LetmeError`s. Names that
 * depend on what stands in the files are chosen under the lock, so that no other letme changes it.
 */
export async function removeProfiles(
  host: StoreHost,
  locations: SharedFileLocations,
  lockPath: string,
  names: readonly string[] | ((read: ReadDocument) => readonly string[]),
): Promise<UpdateReport> {
  const read = documentReader(host, locations).current;
  const choose = typeof names === "function" ? () => names(read) : () => names;
  const change = (): Change => ({ action: "remove", names: [...new Set(choose())] });
  return locked(host, locations, lockPath, change, read);
}

/** Throws the `LetmeError` of a `removeProfiles` of these names now, if there is one. Changes nothing. */
export function checkRemoval(
  read: ReadDocument,
  locations: SharedFileLocations,
  names: readonly string[],
): void {
  planChange(readDocuments(read), locations, { action: "remove", names });
}

/** What would be done, as a unified diff with all secrets hidden; empty where nothing would. */
export interface Preview {
  readonly diff: string;
  readonly warnings: readonly string[];
}

/** What `writeProfiles` would do now. Writes nothing, takes no lock. */
export function previewWrite(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  profiles: readonly AnyProfileToWrite[],
): Preview {
  checkProfiles(profiles);
  return preview(host, locations, { action: "write", profiles });
}

/** What `removeProfiles` would do now. Writes nothing, takes no lock. */
export function previewRemove(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  names: readonly string[],
): Preview {
  return preview(host, locations, { action: "remove", names: [...new Set(names)] });
}

function preview(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  change: Change,
): Preview {
  const plan = planChange(
    readDocuments(documentReader(host, locations).current),
    locations,
    change,
  );
  const diff = [plan.config, plan.credentials]
    .map(({ kind, before, edits }) => renderDiff(locations[kind], before, edits()))
    .join("");
  return { diff, warnings: plan.warnings };
}

async function locked(
  host: StoreHost,
  locations: SharedFileLocations,
  lockPath: string,
  change: () => Change,
  read: ReadDocument,
): Promise<UpdateReport> {
  const lock = await takeLock(host, lockPath);
  try {
    const signals = host.processes.holdSignals();
    try {
      return await applyChange(host, locations, change(), read);
    } finally {
      signals.release();
    }
  } finally {
    lock.release();
  }
}

async function takeLock(host: StoreHost, path: string) {
  try {
    return await takePrivateLock(host, path, lockTimeout);
  } catch (error) {
    throw fileError(error, "lock", path);
  }
}
