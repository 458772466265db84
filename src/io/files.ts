import * as fs from "node:fs";
import { errnoOf, notAFile } from "../errors.ts";
import type { FileStatus, Files, LinkEntry, Platform, ReadHandle, WriteHandle } from "../host.ts";
import { folderOf } from "../paths.ts";
import { cLibrary } from "./c-library.ts";
import { countWork } from "./effort.ts";
import { openLockFile, takeLock } from "./lock.ts";
import { giveFolderToOwnerAbove, giveToOwnerOfFolder } from "./owner.ts";

/** The files of this machine. */
export function realFiles(platform: Platform): Files {
  return {
    read: (path, use) => {
      const bytes = orNothing(() => (use === undefined ? read(path) : fs.readFileSync(path)));
      return use === "work through" ? countWork(bytes) : bytes;
    },
    holds: (path, bytes) => orNothing(() => holds(path, bytes)) ?? false,
    openForRead: (path) => orNothing(() => readHandle(openFile(path))),
    status: (path) => orNothing(() => statusOf(fs.statSync(path, { bigint: true }))),
    entry: (path) => orNothing(() => entryAt(path)),
    create: (path, mode) => {
      const descriptor = fs.openSync(path, "wx", mode);
      giveToOwnerOfFolder(path, descriptor, platform);
      return writeHandle(descriptor);
    },
    absolute: (path) => process.getBuiltinModule("node:path").resolve(path),
    rename: (from, to) => fs.renameSync(from, to),
    // Windows has no such call for files in use.
    exchange: (one, other) => cLibrary(platform)?.exchange(one, other) ?? false,
    copyAttributes: (from, to) => cLibrary(platform)?.copyAttributes(from, to) ?? [],
    remove: (path) => fs.unlinkSync(path),
    makeDirectory: (path, mode) => makeDirectory(path, mode, platform),
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

function makeDirectory(path: string, mode: number, platform: Platform): void {
  const first = fs.mkdirSync(path, { recursive: true, mode });
  if (first === undefined) return;
  const made: string[] = [];
  for (let at = path; at.length >= first.length; ) {
    made.push(at);
    const above = folderOf(at, platform);
    if (above === at) break;
    at = above;
  }
  for (const folder of made.toReversed()) giveFolderToOwnerAbove(folder, platform);
}

function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
}

/** Opens a file for reading; what would be waited for is refused instead. */
function openFile(path: string): OpenFile {
  const descriptor = openWithoutWaiting(path);
  try {
    const stats = fs.fstatSync(descriptor);
    // A directory has an error of its own when it is read, and Windows none of the other kinds.
    const isOther = !stats.isFile() && !stats.isDirectory();
    if (isOther && !(stats.isCharacterDevice() && isEmpty(descriptor))) throw noFile();
    return { descriptor, size: stats.size };
  } catch (error) {
    fs.closeSync(descriptor);
    throw error;
  }
}

/** Opening a pipe waits until somebody writes into it, which may be never. */
function openWithoutWaiting(path: string): number {
  const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = fs.constants;
  try {
    // Windows does not know the last two.
    return fs.openSync(path, O_RDONLY | (O_NOCTTY ?? 0) | (O_NONBLOCK ?? 0));
  } catch (error) {
    const errno = errnoOf(error) ?? "";
    // A file server has lent the file to another machine, and asks for it back meanwhile.
    if (errno === "EAGAIN") return fs.openSync(path, "r");
    // A socket, on Linux and on macOS.
    throw ["ENXIO", "EOPNOTSUPP", "ENOTSUP"].includes(errno) ? noFile() : error;
  }
}

/** Of a device that is open: /dev/null ends at once, /dev/zero never. */
function isEmpty(descriptor: number): boolean {
  try {
    return fs.readSync(descriptor, Buffer.alloc(1), 0, 1, null) === 0;
  } catch (error) {
    if (errnoOf(error) === "EAGAIN") return false;
    throw error;
  }
}

function noFile(): Error {
  return Object.assign(new Error(notAFile.reason), { code: notAFile.errno });
}

/** As many system calls as `readFileSync` makes: the size spares it the look for the end. */
function read(path: string): Uint8Array {
  const { descriptor, size } = openFile(path);
  try {
    let bytes = Buffer.allocUnsafeSlow(size + 1);
    for (let filled = 0; ; ) {
      const read = fs.readSync(descriptor, bytes, filled, bytes.length - filled, null);
      filled += read;
      // There was room for more than the size, so that was the end.
      if (read === 0 || filled === size) return bytes.subarray(0, filled);
      // It grows meanwhile, or has no size, as the files that the kernel makes up have none.
      if (filled === bytes.length) {
        bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length + longestPiece)]);
      }
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

const longestPiece = 1 << 16;
let piece = Buffer.allocUnsafeSlow(0);

/** Compares piece by piece, in memory that is used again: fresh memory takes longer than reading. */
function holds(path: string, bytes: Uint8Array): boolean {
  // One byte more than expected shows a file that is longer.
  const length = Math.min(bytes.length + 1, longestPiece);
  if (piece.length < length) piece = Buffer.allocUnsafeSlow(length);
  const { descriptor, size } = openFile(path);
  try {
    for (let at = 0; ; ) {
      const read = fs.readSync(descriptor, piece, 0, piece.length, null);
      const expected = bytes.subarray(at, at + read);
      if (Buffer.compare(piece.subarray(0, read), expected) !== 0) return false;
      at += read;
      if (read === 0 || (at === size && read < piece.length)) return at === bytes.length;
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
    names: Number(stats.nlink),
    modifiedMilliseconds: Number(stats.mtimeNs) / 1e6,
    identity: `${stats.dev}:${stats.ino}`,
  };
}

function readHandle({ descriptor, size }: OpenFile): ReadHandle {
  return {
    size,
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
