import type { FileStatus, Host, WriteHandle } from "../host.ts";
import { folderOf } from "../paths.ts";
import { fileError } from "./file-error.ts";
import { followLinks, type Target } from "./links.ts";
import { type Expected, replacePatiently } from "./replace.ts";
import { removeQuietly, temporaryName } from "./temporary-files.ts";
import { refuseUnwritable } from "./writable.ts";

/** What writing a file needs of the machine. */
export type WritingHost = Pick<Host, "files" | "clock" | "platform" | "processes">;

export interface WriteOptions {
  /** Permission bits of a new file; 0600 unless given. */
  readonly mode?: number;
  /** Bits that an existing file may keep; all of them unless given. 0600 tightens a loose file. */
  readonly modeMask?: number;
  /** What must stand there; where another program has changed it, nothing is written. */
  readonly expected?: Expected;
}

/** A file that is written whole beside its target and waits for its rename. */
export interface PreparedFile {
  /** Names of the target's extended attributes that could not be given to it. */
  readonly lostAttributes: readonly string[];
  /** Makes sure that all of it is on the disk. Goes before the commit. */
  flush(): void;
  /**
   * Puts the file in its place; `syncFolders` makes that last. Where `expected` says that another
   * program has changed the target meanwhile, the prepared file is removed, nothing changes, and
   * false comes back.
   */
  commit(expected?: Expected): Promise<boolean>;
  /** Removes the prepared file. Does nothing after a commit. */
  discard(): void;
}

/**
 * Writes a file so that any reader sees the old bytes or the new ones and nothing else, also after
 * a crash: a temporary file beside it with the right mode from its first byte, fsync, rename, fsync
 * of the folder. Links are followed and kept; owner, mode, extended attributes and the access control
 * list are kept. Other names of the file keep the old bytes. The folder must be there.
 *
 * Signals wait until it is done, so that none leaves a temporary file. False where what was expected
 * does not stand there any more. Errors are `LetmeError`s of kind `failed`; the target is then as it
 * was before.
 */
export async function writeWhole(
  host: WritingHost,
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<boolean> {
  const signals = host.processes.holdSignals();
  try {
    const target = findTarget(host, path);
    const prepared = prepareFile(host, path, target, bytes, options);
    prepared.flush();
    if (!(await prepared.commit(options.expected))) return false;
    syncFolders(host, [target.path]);
    return true;
  } finally {
    signals.release();
  }
}

function findTarget({ files, platform }: WritingHost, path: string): Target {
  try {
    return followLinks(files, path, platform);
  } catch (error) {
    throw fileError(error, "write", path);
  }
}

/**
 * The first part of `writeWhole`, for a path whose links were followed to this target: writes what
 * is to be flushed and renamed. Changes no target.
 */
export function prepareFile(
  host: WritingHost,
  path: string,
  target: Target,
  bytes: Uint8Array,
  options: WriteOptions = {},
): PreparedFile {
  let temporary: string | undefined;
  try {
    refuseUnwritable(path, target.status);
    temporary = temporaryName(host, target.path);
    const filled = fillFile(host, temporary, bytes, target, options);
    return preparedFile(host, path, target.path, temporary, filled);
  } catch (error) {
    if (temporary !== undefined) removeQuietly(host, temporary);
    throw fileError(error, "write", path);
  }
}

/** Makes sure that the renames of these targets outlast a crash: each folder is flushed once. */
export function syncFolders(host: WritingHost, targets: Iterable<string>): void {
  const synced = new Set<string>();
  for (const target of targets) {
    const folder = folderOf(target, host.platform);
    if (synced.has(folder)) continue;
    try {
      host.files.syncDirectory(folder);
    } catch (error) {
      throw fileError(error, "write", target);
    }
    synced.add(folder);
  }
}

function preparedFile(
  host: WritingHost,
  path: string,
  target: string,
  temporary: string,
  { handle, lostAttributes }: FilledFile,
): PreparedFile {
  let isOpen = true;
  let done = false;
  const discard = () => {
    if (isOpen) closeQuietly(handle);
    isOpen = false;
    if (!done) removeQuietly(host, temporary);
    done = true;
  };
  const flush = () => {
    try {
      handle.sync();
      isOpen = false;
      handle.close();
    } catch (error) {
      discard();
      throw fileError(error, "write", path);
    }
  };
  const commit = async (expected?: Expected) => {
    try {
      const outcome = await replacePatiently(host, temporary, target, expected);
      if (outcome === "renamed") done = true;
      else discard();
      return outcome !== "changed";
    } catch (error) {
      discard();
      throw fileError(error, "write", path);
    }
  };
  return { lostAttributes, flush, commit, discard };
}

interface FilledFile extends Pick<PreparedFile, "lostAttributes"> {
  readonly handle: WriteHandle;
}

function fillFile(
  host: WritingHost,
  temporary: string,
  bytes: Uint8Array,
  { path: target, status: before }: Target,
  options: WriteOptions,
): FilledFile {
  const mode =
    before === undefined ? (options.mode ?? 0o600) : before.mode & (options.modeMask ?? 0o7777);
  const handle = host.files.create(temporary, mode);
  let lostAttributes: readonly string[] = [];
  try {
    if (host.platform !== "win32") {
      if (before !== undefined) {
        keepOwner(host, handle, temporary, before, mode);
        lostAttributes = host.files.copyAttributes(target, temporary);
      }
      // The umask may have taken bits from what the file had before. An access control list sets the
      // mode, too, and gives others no more than the mode that is set behind it.
      handle.changeMode(mode);
    }
    handle.write(bytes);
    return { handle, lostAttributes };
  } catch (error) {
    closeQuietly(handle);
    throw error;
  }
}

/** A group that cannot be kept matters only where the mode gives the group something. */
function keepOwner(
  host: WritingHost,
  handle: WriteHandle,
  temporary: string,
  before: FileStatus,
  mode: number,
): void {
  const now = host.files.status(temporary);
  if (now === undefined || (now.owner === before.owner && now.group === before.group)) return;
  try {
    handle.changeOwner(before.owner, before.group);
  } catch (error) {
    if (now.owner === before.owner && (mode & 0o070) === 0) return;
    throw error;
  }
}

function closeQuietly(handle: WriteHandle): void {
  try {
    handle.close();
  } catch {
    // The first error is the one to tell.
  }
}
