import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { isJustEmptied, letItBeFilled, mostLooks } from "../files/just-emptied.ts";
import { followLinks, type Target } from "../files/links.ts";
import { looseMode, ownerOnly, tighten } from "../files/owner-only.ts";
import { makePrivateFolder } from "../files/private-folder.ts";
import { removeLeftovers } from "../files/temporary-files.ts";
import { type PreparedFile, prepareFile, syncFolders } from "../files/write-whole.ts";
import type { Host } from "../host.ts";
import { folderOf } from "../paths.ts";
import { type Change, type PlannedFile, planChange } from "./change.ts";
import { bytesOf, type FileKind } from "./document.ts";
import { holds, type ReadDocument, type Reading } from "./document-reader.ts";
import type { SharedFileLocations } from "./locations.ts";
import { isOneFile, refuseOneFile } from "./ownership-check.ts";

type TransactionHost = Pick<Host, "files" | "clock" | "platform" | "processes">;

/** What was done to one of the AWS files. */
export interface FileUpdate {
  readonly kind: FileKind;
  readonly path: string;
  readonly action: "created" | "changed" | "unchanged";
  /** The mode that a too open credentials file had before it got 0600. */
  readonly tightenedFrom?: number;
  /** How many other names it had, which keep the old content. */
  readonly otherNames?: number;
  /** Names of extended attributes that it had and has no longer. */
  readonly lostAttributes?: readonly string[];
}

/** What was done, and what the user should know about the files. No secrets. */
export interface UpdateReport {
  /** Config file, credentials file. */
  readonly files: readonly FileUpdate[];
  readonly warnings: readonly string[];
}

/** A file as it was read, to be compared right before the rename. */
interface Seen extends Reading {
  readonly path: string;
  /** What the path leads to. */
  readonly target: Target;
}

interface Step {
  readonly seen: Seen;
  readonly kind: FileKind;
  /** Undefined where nothing is to be written. */
  readonly writing: { readonly bytes: Uint8Array; readonly prepared: PreparedFile } | undefined;
}

/** How often another program may change a file under letme before letme gives up. */
const mostTries = 100;

/**
 * Does a change to both files; the caller holds the lock. Where a program that takes no lock has
 * changed a file meanwhile, the change is planned again for what it wrote.
 */
export async function applyChange(
  host: TransactionHost,
  locations: SharedFileLocations,
  change: Change,
  read: ReadDocument,
): Promise<UpdateReport> {
  // What the first file was before letme touched it, over all tries.
  const undo: Undo[] = [];
  const done = new Map<FileKind, FileUpdate>();
  try {
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const seen = await lookAtFilled(host, locations, read);
      if (attempt === 0)
        removeLeftovers(host, [seen.config.target.path, seen.credentials.target.path]);
      const warnings = await attemptChange(host, locations, change, seen, undo, done);
      if (warnings === undefined) continue;
      syncFolders(
        host,
        undo.map(({ target }) => target),
      );
      return {
        files: [updateOf(done, "config", locations), updateOf(done, "credentials", locations)],
        warnings,
      };
    }
    throw new LetmeError("failed", `another program keeps changing \`${locations.credentials}\``, {
      hint: "wait until it is done and run the command again",
    });
  } catch (error) {
    for (const entry of undo.toReversed()) await putBack(host, entry);
    throw error;
  }
}

interface Undo {
  readonly path: string;
  readonly target: string;
  readonly before: Uint8Array | undefined;
  readonly written: Uint8Array;
}

/** One try; undefined where a file was changed by others and it has to be done again. */
async function attemptChange(
  host: TransactionHost,
  locations: SharedFileLocations,
  change: Change,
  seen: Readonly<Record<FileKind, Seen>>,
  undo: Undo[],
  done: Map<FileKind, FileUpdate>,
): Promise<readonly string[] | undefined> {
  const documents = { config: seen.config.document, credentials: seen.credentials.document };
  const plan = planChange(documents, locations, change);
  // Credentials without their config could be used; a config without its credentials only fails.
  const order: readonly FileKind[] =
    change.action === "write" ? ["config", "credentials"] : ["credentials", "config"];
  const steps: Step[] = [];
  try {
    // Both files are whole on the disk before the first rename: a full disk changes neither.
    for (const kind of order) steps.push(prepareStep(host, seen[kind], plan[kind]));
    // Flushed together, they cost the disk less than one by one.
    for (const { writing } of steps) writing?.prepared.flush();
    for (const step of steps) {
      const update = await finishStep(host, step, undo);
      if (update === undefined) return undefined;
      // What an earlier try did away with, as other names, is told all the same.
      const before = done.get(update.kind);
      if (update.action !== "unchanged" || before === undefined) {
        done.set(update.kind, { ...before, ...update });
      }
    }
    return plan.warnings;
  } finally {
    for (const { writing } of steps) writing?.prepared.discard();
  }
}

/** Both files; where one was emptied just now, when it is filled or seems to stay empty. */
async function lookAtFilled(
  host: TransactionHost,
  locations: SharedFileLocations,
  read: ReadDocument,
): Promise<Readonly<Record<FileKind, Seen>>> {
  for (let look = 1; ; look += 1) {
    const seen = lookAtBoth(host, locations, read);
    const statuses = [seen.config.target.status, seen.credentials.target.status];
    const isFilled = !statuses.some((status) => isJustEmptied(host, status));
    if (isFilled || look > mostLooks) return seen;
    await letItBeFilled(host);
  }
}

function lookAtBoth(
  host: TransactionHost,
  locations: SharedFileLocations,
  read: ReadDocument,
): Readonly<Record<FileKind, Seen>> {
  const seen = {
    config: look(host, locations.config, () => read("config")),
    credentials: look(host, locations.credentials, () => read("credentials")),
  };
  if (isOneFile(seen.config.target, seen.credentials.target)) refuseOneFile(host, locations);
  return seen;
}

function look(host: TransactionHost, path: string, read: () => Reading): Seen {
  try {
    // The status first: a change between the two calls then shows as a different one later.
    const target = followLinks(host.files, path, host.platform);
    return { path, ...read(), target };
  } catch (error) {
    throw fileError(error, "read", path);
  }
}

function prepareStep(host: TransactionHost, seen: Seen, planned: PlannedFile): Step {
  const { kind } = planned;
  if (planned.before.text === planned.after.text) return { seen, kind, writing: undefined };
  if (seen.bytes === undefined) makePrivateFolder(host, folderOf(seen.path, host.platform));
  const options = {
    mode: ownerOnly,
    modeMask: kind === "credentials" ? ownerOnly : 0o7777,
  };
  const bytes = bytesOf(planned.after);
  const prepared = prepareFile(host, seen.path, seen.target, bytes, options);
  return { seen, kind, writing: { bytes, prepared } };
}

async function finishStep(
  host: TransactionHost,
  step: Step,
  undo: Undo[],
): Promise<FileUpdate | undefined> {
  const { seen, kind, writing } = step;
  const tightenedFrom =
    kind === "credentials" ? looseMode(host.platform, seen.target.status) : undefined;
  const tightened = tightenedFrom === undefined ? {} : { tightenedFrom };
  if (writing === undefined) {
    if (tightenedFrom !== undefined) tighten(host, seen.path, tightenedFrom);
    return { kind, path: seen.path, action: "unchanged", ...tightened };
  }
  const { path, bytes: before } = seen;
  undo.push({ path, target: seen.target.path, before, written: writing.bytes });
  const expected = { isThere: () => isAsSeen(host, seen), bytes: seen.bytes };
  if (!(await writing.prepared.commit(expected))) {
    undo.pop();
    return undefined;
  }
  const { status } = seen.target;
  const action = status === undefined ? "created" : "changed";
  const otherNames = (status?.names ?? 1) - 1;
  const parted = otherNames > 0 ? { otherNames } : {};
  const { lostAttributes } = writing.prepared;
  const lost = lostAttributes.length > 0 ? { lostAttributes } : {};
  return { kind, path: seen.path, action, ...tightened, ...parted, ...lost };
}

/** The bytes first, then the status once more: a file that was replaced in between has another. */
function isAsSeen(host: TransactionHost, seen: Seen): boolean {
  if (!holds(host.files, seen.path, seen.bytes)) return false;
  const status = host.files.status(seen.path);
  const { status: before } = seen.target;
  return status?.identity === before?.identity && status?.size === before?.size;
}

/** Best effort, for the error that is on its way to the user; never over what others wrote. */
async function putBack(host: TransactionHost, { path, before, written }: Undo): Promise<void> {
  try {
    const target = followLinks(host.files, path, host.platform);
    const isThere = () => host.files.holds(path, written);
    if (!isThere()) return;
    if (before === undefined) return host.files.remove(target.path);
    const prepared = prepareFile(host, path, target, before);
    prepared.flush();
    if (await prepared.commit({ isThere, bytes: written })) syncFolders(host, [target.path]);
  } catch {
    // The first error says what is wrong with the disk; what stands there is whole either way.
  }
}

function updateOf(
  done: ReadonlyMap<FileKind, FileUpdate>,
  kind: FileKind,
  locations: SharedFileLocations,
): FileUpdate {
  return done.get(kind) ?? { kind, path: locations[kind], action: "unchanged" };
}
