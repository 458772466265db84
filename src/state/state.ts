import { looseMode, octal, tighten, tightenedNotice } from "../files/owner-only.ts";
import { takePrivateLock } from "../files/private-lock.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { FileStatus, Host } from "../host.ts";
import { decodeState, emptyState, encodeState, type State, sweep } from "./content.ts";

/** The memory between runs. Nothing that goes wrong with it stops a command. */
export interface StateFile {
  /** What is remembered now, without what has run out; nothing where there is no state. */
  read(): Promise<State>;
  /**
   * Changes what is remembered, under the file's lock, so that no other letme's change is lost. What
   * cannot be written is found out again some other time. Tells whether it was written.
   */
  update(change: (state: State) => State): Promise<boolean>;
  /** Deletes what was set aside, where there is any. */
  forgetSetAside(): Promise<void>;
}

// Nobody waits long for a memory; without it things merely take a request or a code more.
const lockMilliseconds = 2000;
/** No credentials of STS last longer. */
const longestMilliseconds = 36 * 3600 * 1000;

/**
 * The state at this path; nothing is read before it is asked for. A file that is damaged, of a newer
 * letme or unreadable is moved out of the way (`.set-aside` behind its name), and `warn` is told; so
 * it is where others could read the file, which is then closed to them. What was set aside goes, at
 * a change, when nothing in it can be valid any more. `awsTime` is AWS's time as far as it is known,
 * which credentials end by; who cannot learn it takes none out of the file.
 */
export function openState(
  host: Host,
  path: string,
  warn: (text: string) => void,
  awsTime: (() => Date) | "unknown" = () => host.clock.now(),
): StateFile {
  const without = (state: State, expiredBy: Date | "unknown") =>
    sweep(state, host.clock.now(), expiredBy);
  const best = () => (awsTime === "unknown" ? host.clock.now() : awsTime());
  const setAside = `${path}.set-aside`;
  /** Only under the lock: another letme may have put a good file there by now. */
  const readOrSetAside = (): State => {
    const found = readFile(host, path, warn);
    if (typeof found !== "string") return found;
    try {
      host.files.rename(path, setAside);
      warn(`what letme remembered is ${found}, and was set aside as ${setAside}`);
    } catch {
      warn(`what letme remembered in ${path} is ${found}, and cannot be set aside`);
    }
    return emptyState;
  };
  const locked = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const lock = await takePrivateLock(host, `${path}.lock`, lockMilliseconds);
    try {
      return await work();
    } finally {
      lock.release();
    }
  };
  return {
    async read() {
      const found = readFile(host, path, warn);
      if (typeof found !== "string") return without(found, best());
      try {
        return without(await locked(readOrSetAside), best());
      } catch {
        warn(`what letme remembered in ${path} is ${found}, and cannot be set aside`);
        return emptyState;
      }
    },
    async update(change) {
      try {
        return await locked(async () => {
          removeLeftoversOf(host, [path]);
          tidySetAside(host, setAside, warn);
          const before = readOrSetAside();
          const left = without(before, awsTime === "unknown" ? "unknown" : awsTime());
          // What comes now stays, whatever time it is: AWS has just given it.
          const bytes = Buffer.from(encodeState(change(left)));
          await writeWhole(host, path, bytes, { mode: 0o600, modeMask: 0o600 });
          return true;
        });
      } catch {
        return false;
      }
    },
    async forgetSetAside() {
      try {
        if (host.files.entry(setAside)?.kind === "file") host.files.remove(setAside);
      } catch {
        warn(`${setAside} cannot be deleted`);
      }
    },
  };
}

/**
 * An old file goes, a younger one is closed to others: letmes have not always done so. One that is
 * dated in the future by as much goes too, or it would never.
 */
function tidySetAside(host: Host, path: string, warn: (text: string) => void): void {
  try {
    const entry = host.files.entry(path);
    if (entry?.kind !== "file") return;
    const age = host.clock.now().getTime() - entry.modifiedMilliseconds;
    if (Math.abs(age) > longestMilliseconds) host.files.remove(path);
    else closeToOthers(host, path, entry, warn);
  } catch {
    // Another time, then.
  }
}

/** Sees to it that a file is its user's alone, and says so; that it cannot be is no reason to stop. */
function closeToOthers(
  host: Host,
  path: string,
  status: FileStatus,
  warn: (text: string) => void,
): void {
  const mode = looseMode(host.platform, status);
  if (mode === undefined) return;
  try {
    tighten(host, path, mode);
    warn(tightenedNotice(path, mode));
  } catch {
    warn(`${path} can be read by others (mode ${octal(mode)}), and cannot be closed`);
  }
}

/** The state, or what is wrong with its file. */
function readFile(host: Host, path: string, warn: (text: string) => void): State | string {
  let bytes: Uint8Array | undefined;
  try {
    const status = host.files.status(path);
    if (status === undefined) return emptyState;
    // From a pipe letme would wait for ever.
    if (status.kind !== "file") return "unreadable";
    closeToOthers(host, path, status, warn);
    bytes = host.files.read(path);
  } catch {
    return "unreadable";
  }
  if (bytes === undefined) return emptyState;
  const state = decodeState(new TextDecoder().decode(bytes));
  return state === "newer" ? "of a newer letme" : state;
}
