import { errnoOf, LetmeError, notAFile } from "../errors.ts";
import { moveAwayCommand, removeCommand, showCommand } from "../hint-commands.ts";

interface Explanation {
  /** What is in the way; stands after the path. */
  readonly reason: string;
  readonly hint: (path: string) => string;
}

/** What to do where a folder of letme's or of the AWS files cannot be had. */
const otherPlaces =
  "or name another place with LETME_HOME, AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE";

const noLocks: Explanation = {
  reason: "the file system has no locks",
  hint: () => "put letme's folder on another one: LETME_HOME names its place",
};

/** What the errors of a system mean to the one who owns the file (errno(3)). */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: {
    reason: "the disk is full",
    hint: () => "free some space and run the command again",
  },
  EDQUOT: {
    reason: "the disk quota is used up",
    hint: () => "free some space or ask for more quota, then run the command again",
  },
  EFBIG: {
    reason: "the file would be larger than is allowed here",
    hint: () => "raise the limit (`ulimit -f` shows it) and run the command again",
  },
  EACCES: {
    reason: "permission denied",
    hint: (path) => `see whom it belongs to and its mode: ${showCommand(path)}`,
  },
  EPERM: {
    reason: "the system does not permit it",
    hint: (path) =>
      `see whom the file and its folder belong to, and whether it is locked: ${showCommand(path)}`,
  },
  EROFS: {
    reason: "the file system is read-only",
    hint: () => `mount it writable, ${otherPlaces}`,
  },
  EISDIR: {
    reason: "it is a folder, not a file",
    hint: (path) => `move the folder away: ${moveAwayCommand(path)}`,
  },
  [notAFile.errno]: {
    reason: notAFile.reason,
    hint: (path) => `see what it is, and name a file: ${showCommand(path)}`,
  },
  ENOTDIR: {
    reason: "a part of the path is a file, not a folder",
    hint: () => "correct the path",
  },
  EEXIST: {
    reason: "something else stands in its place",
    hint: (path) => `see what it is: ${showCommand(path)}`,
  },
  ENOENT: {
    reason: "a part of the path is not there",
    hint: () => "make the folder, or correct the path",
  },
  ENAMETOOLONG: {
    reason: "the path is too long",
    hint: () => "name a shorter path",
  },
  ELOOP: {
    reason: "it is a symbolic link where none may be, or one that leads in a circle",
    hint: (path) => `see where it points: ${showCommand(path)}`,
  },
  EMFILE: {
    reason: "too many files are open",
    hint: () => "raise the limit: ulimit -n 1024",
  },
  ENFILE: {
    reason: "too many files are open on this machine",
    hint: () => "close other programs and run the command again",
  },
  EBUSY: {
    reason: "another program is using it, or it is mounted by itself",
    hint: () =>
      "close the program that has the file open and run the command again; a file that is mounted into a container cannot be replaced: mount its folder",
  },
  ETXTBSY: {
    reason: "another program is using it",
    hint: () => "close the program that has the file open and run the command again",
  },
  EIO: {
    reason: "the disk reports an error",
    hint: () => "check the disk",
  },
  ENOLCK: noLocks,
  ENOSYS: noLocks,
  ENOTSUP: noLocks,
  EOPNOTSUPP: noLocks,
  // On Windows the lock is SQLite's, which reads the file first; nothing of worth is ever in it.
  SQLITE_NOTADB: {
    reason: "it is not the empty file that it should be",
    hint: (path) => `remove it: ${removeCommand(path)}`,
  },
  SQLITE_CANTOPEN: {
    reason: "it cannot be opened",
    hint: (path) => `see what it is, and remove it: ${showCommand(path)}`,
  },
  ELOCKED: {
    reason: "another letme has held this lock for too long",
    hint: () => "see what the other letme waits for, then run the command again",
  },
};

/**
 * An error of the operating system as a `LetmeError` of kind `failed`: "cannot {action} `{path}`:
 * {reason}" with a next step. A `LetmeError` is given back as it is. What has no `code` is a defect
 * and is thrown.
 */
export function fileError(error: unknown, action: string, path: string): LetmeError {
  if (error instanceof LetmeError) return error;
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  const known = explanations[errno];
  const reason = known === undefined ? errno : `${known.reason} (${errno})`;
  const hint = known?.hint(path) ?? `see the file and its folder: ${showCommand(path)}`;
  return new LetmeError("failed", `cannot ${action} \`${path}\`: ${reason}`, {
    hint,
    cause: error,
  });
}

/** The same for a folder that has to be written into: `place` is what is there of it. */
export function folderError(
  error: unknown,
  action: string,
  path: string,
  place: string,
): LetmeError {
  const failure = fileError(error, action, path);
  if (errnoOf(error) !== "EACCES") return failure;
  return new LetmeError("failed", failure.message, {
    hint: `see whom it belongs to and its mode: ${showCommand(place)}; ${otherPlaces}`,
    cause: error,
  });
}
