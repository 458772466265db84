import * as fs from "node:fs";
import { errnoOf } from "../errors.ts";
import type { FileStatus, Files, LinkEntry, Platform, ReadHandle, WriteHandle } from "../host.ts";
import { cLibrary } from "./c-library.ts";
import { countWork } from "./effort.ts";
import { openLockFile, takeLock } from "./lock.ts";

/** The files of this machine. */
export function realFiles(platform: Platform): Files {
  return {
    read: (path, use) => {
      const bytes = orNothing(() => fs.readFileSync(path));
      return use === undefined ? bytes : countWork(bytes);
    },
    holds: (path, bytes) => orNothing(() => holds(path, bytes)) ?? false,
    openForRead: (path) => orNothing(() => readHandle(fs.openSync(path, "r"))),
    status: (path) => orNothing(() => statusOf(fs.statSync(path, { bigint: true }))),
    entry: (path) => orNothing(() => entryAt(path)),
    create: (path, mode) => writeHandle(fs.openSync(path, "wx", mode)),
    absolute: (path) => process.getBuiltinModule("node:path").resolve(path),
    rename: (from, to) => fs.renameSync(from, to),
    // Windows has no such call for files in use.
    exchange: (one, other) => cLibrary(platform)?.exchange(one, other) ?? false,
    remove: (path) => fs.unlinkSync(path),
    makeDirectory: (path, mode) => {
      fs.mkdirSync(path, { recursive: true, mode });
    },
    list: (path) => fs.readdirSync(path),
    checkFolder: (path) => fs.accessSync(path, fs.constants.W_OK | fs.constants.X_OK),
    changeMode: (path, mode) => fs.chmodSync(path, mode),
    syncDirectory: (path) => {
      if (platform !== "win32") syncDirectory(path);
    },
    lock: async (path, timeoutMilliseconds) =>
      takeLock(await openLockFile(path, platform), timeoutMilliseconds),
  };
}

function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const longestPiece = 1 << 16;
let piece = Buffer.allocUnsafeSlow(0);

/** Compares piece by piece, in memory that is used again: fresh memory takes longer than reading. */
function holds(path: string, bytes: Uint8Array): boolean {
  // One byte more than expected shows a file that is longer.
  const length = Math.min(bytes.length + 1, longestPiece);
  if (piece.length < length) piece = Buffer.allocUnsafeSlow(length);
  const descriptor = fs.openSync(path, "r");
  try {
    for (let at = 0; ; ) {
      const read = fs.readSync(descriptor, piece, 0, piece.length, null);
      if (read === 0) return at === bytes.length;
      const expected = bytes.subarray(at, at + read);
      if (Buffer.compare(piece.subarray(0, read), expected) !== 0) return false;
      at += read;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function entryAt(path: string): FileStatus | LinkEntry {
  const stats = fs.lstatSync(path, { bigint: true });
  if (!stats.isSymbolicLink()) return statusOf(stats);
  return { kind: "link", target: fs.readlinkSync(path) };
}

function statusOf(stats: fs.BigIntStats): FileStatus {
  return {
    kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other",
    mode: Number(stats.mode) & 0o7777,
    owner: Number(stats.uid),
    group: Number(stats.gid),
    size: Number(stats.size),
    modifiedMilliseconds: Number(stats.mtimeNs) / 1e6,
    identity: `${stats.dev}:${stats.ino}`,
  };
}

function readHandle(descriptor: number): ReadHandle {
  return {
    size: fs.fstatSync(descriptor).size,
    readAt: (position, length) => {
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const read = fs.readSync(descriptor, bytes, filled, length - filled, position + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    },
    close: () => fs.closeSync(descriptor),
  };
}

function writeHandle(descriptor: number): WriteHandle {
  return {
    write: (bytes) => {
      // A single call may write less than it was given, on a disk that is almost full for one.
      for (let written = 0; written < bytes.length; ) {
        written += fs.writeSync(descriptor, bytes, written, bytes.length - written);
      }
    },
    changeMode: (mode) => fs.fchmodSync(descriptor, mode),
    changeOwner: (owner, group) => fs.fchownSync(descriptor, owner, group),
    sync: () => fs.fsyncSync(descriptor),
    close: () => fs.closeSync(descriptor),
  };
}

/** Some network and FUSE file systems have no fsync for directories and say EINVAL or ENOTSUP. */
function syncDirectory(path: string): void {
  const descriptor = fs.openSync(path, "r");
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    const errno = errnoOf(error) ?? "";
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(errno)) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
