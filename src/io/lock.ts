import * as fs from "node:fs";
import { errnoOf } from "../errors.ts";
import type { Lock, Platform } from "../host.ts";
import { type CLibrary, loadCLibrary } from "./c-library.ts";
import { giveToOwnerOfFolder } from "./owner.ts";

/** A file that is open to be locked: the kernel ends the lock with the process, or when it is closed. */
export interface LockFile {
  /** Without waiting; false where another has the lock. Throws where it cannot be had at all. */
  tryToTake(): boolean;
  close(): void;
}

/** Between two tries of a lock: long enough to cost nothing, short enough not to be felt. */
const shortestWait = 2;
const longestWait = 25;

/**
 * Takes a lock that the kernel holds. It is tried again and again rather than waited for, so that ^C
 * and timers work meanwhile. Rejects with code `ELOCKED` when the time is over.
 */
export async function takeLock(file: LockFile, timeoutMilliseconds: number): Promise<Lock> {
  try {
    if (!file.tryToTake()) await waitFor(file, timeoutMilliseconds);
  } catch (error) {
    file.close();
    throw error;
  }
  let isHeld = true;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      file.close();
    },
  };
}

async function waitFor(file: LockFile, timeoutMilliseconds: number): Promise<void> {
  const deadline = performance.now() + timeoutMilliseconds;
  let wait = shortestWait;
  do {
    if (performance.now() >= deadline) {
      throw Object.assign(new Error("another has the lock"), { code: "ELOCKED" });
    }
    await Bun.sleep(wait * (0.5 + Math.random()));
    wait = Math.min(wait * 1.5, longestWait);
  } while (!file.tryToTake());
}

/** Opens a file to be locked, and makes it where there is none. */
export async function openLockFile(path: string, platform: Platform): Promise<LockFile> {
  const library = await loadCLibrary(platform);
  return library === undefined
    ? openWithSqlite(path, platform)
    : openWithLibrary(path, platform, library);
}

function openWithLibrary(path: string, platform: Platform, library: CLibrary): LockFile {
  const descriptor = openPrivate(path, platform);
  return {
    tryToTake: () => library.tryLock(descriptor),
    close: () => fs.closeSync(descriptor),
  };
}

/**
 * Where there is no C library to ask, as on Windows: SQLite has a kernel lock on every system. An
 * exclusive transaction on an empty database writes nothing.
 */
export async function openWithSqlite(path: string, platform: Platform): Promise<LockFile> {
  // SQLite itself would make the file for everyone to read.
  fs.closeSync(openPrivate(path, platform));
  const { Database } = await import("bun:sqlite");
  const database = new Database(path, { readwrite: true, create: false });
  return { tryToTake: () => tryToBegin(database), close: () => database.close() };
}

/** For reading and writing, as locks on network file systems need it; never through a link. */
function openPrivate(path: string, platform: Platform): number {
  const descriptor = openOrMake(path);
  giveToOwnerOfFolder(path, descriptor, platform);
  return descriptor;
}

function openOrMake(path: string): number {
  const { O_CREAT, O_NOFOLLOW, O_RDWR } = fs.constants;
  // Windows does not know it.
  const flags = O_RDWR | O_CREAT | (O_NOFOLLOW ?? 0);
  try {
    return fs.openSync(path, flags, 0o600);
  } catch (error) {
    // The umask may have taken even the owner's bits when it was made.
    if (errnoOf(error) !== "EACCES" || !fs.lstatSync(path).isFile()) throw error;
    try {
      fs.chmodSync(path, 0o600);
    } catch {
      // It is somebody else's.
      throw error;
    }
    return fs.openSync(path, flags);
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
