import * as fs from "node:fs";
import { resolve } from "node:path";
import { errnoOf } from "../errors.ts";
import type { FileStatus, Files, Lock, Platform, ReadHandle, WriteHandle } from "../host.ts";
import { systemExchange } from "./exchange.ts";

/** The files of this machine. */
export function realFiles(platform: Platform): Files {
  return {
    read: (path) => orNothing(() => fs.readFileSync(path)),
    holds: (path, bytes) => orNothing(() => holds(path, bytes)) ?? false,
    openForRead: (path) => orNothing(() => readHandle(fs.openSync(path, "r"))),
    status: (path) => orNothing(() => statusOf(fs.statSync(path, { bigint: true }))),
    readLink: (path) => linkTarget(path),
    create: (path, mode) => writeHandle(fs.openSync(path, "wx", mode)),
    absolute: (path) => resolve(path),
    rename: (from, to) => fs.renameSync(from, to),
    ...systemExchange(platform),
    remove: (path) => fs.unlinkSync(path),
    makeDirectory: (path, mode) => {
      fs.mkdirSync(path, { recursive: true, mode });
    },
    list: (path) => fs.readdirSync(path),
    changeMode: (path, mode) => fs.chmodSync(path, mode),
    syncDirectory: (path) => {
      if (platform !== "win32") syncDirectory(path);
    },
    lock: (path, timeoutMilliseconds) => lock(path, timeoutMilliseconds),
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

const pieceLength = 1 << 16;
let piece: Uint8Array | undefined;

/** Compares piece by piece, in memory that is used again: fresh memory takes longer than reading. */
function holds(path: string, bytes: Uint8Array): boolean {
  piece ??= new Uint8Array(pieceLength);
  const descriptor = fs.openSync(path, "r");
  try {
    for (let at = 0; ; ) {
      const read = fs.readSync(descriptor, piece, 0, pieceLength, null);
      if (read === 0) return at === bytes.length;
      const expected = bytes.subarray(at, at + read);
      if (Buffer.compare(piece.subarray(0, read), expected) !== 0) return false;
      at += read;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * What is no link, as almost everything, is found by a look that throws no error: making one takes
 * several times as long. EINVAL: it is there and no link. UNKNOWN: the same on some Windows file
 * systems.
 */
function linkTarget(path: string): string | undefined {
  try {
    if (!fs.lstatSync(path).isSymbolicLink()) return undefined;
    return fs.readlinkSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "EINVAL" || errno === "UNKNOWN") return undefined;
    throw error;
  }
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
      const bytes = new Uint8Array(length);
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

/** Between two tries of a lock: long enough to cost nothing, short enough not to be felt. */
const shortestWait = 2;
const longestWait = 25;

/**
 * A kernel lock by SQLite, which has one on every system: an exclusive transaction on an empty
 * database writes nothing, and the kernel ends it with the process. It is tried again and again
 * rather than waited for, so that ^C and timers work meanwhile.
 */
async function lock(path: string, timeoutMilliseconds: number): Promise<Lock> {
  makeLockFile(path);
  const { Database } = await import("bun:sqlite");
  const database = new Database(path, { readwrite: true, create: false });
  const deadline = performance.now() + timeoutMilliseconds;
  try {
    for (let wait = shortestWait; !tryToBegin(database); wait = Math.min(wait * 1.5, longestWait)) {
      if (performance.now() >= deadline) {
        throw Object.assign(new Error(`no lock on ${path}`), { code: "ELOCKED" });
      }
      await Bun.sleep(wait * (0.5 + Math.random()));
    }
  } catch (error) {
    database.close();
    throw error;
  }
  let isHeld = true;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      database.close();
    },
  };
}

/** SQLite itself would make the file for everyone to read. */
function makeLockFile(path: string): void {
  if (fs.existsSync(path)) return;
  try {
    fs.closeSync(fs.openSync(path, "wx", 0o600));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

function tryToBegin(database: { run(statement: string): unknown }): boolean {
  try {
    database.run("PRAGMA busy_timeout = 0");
    // The journal stays in memory: a killed holder leaves nothing but the empty lock file. This
    // asks for the lock too, so it may be refused like the next line.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (errnoOf(error)?.startsWith("SQLITE_BUSY") === true) return false;
    throw error;
  }
}
