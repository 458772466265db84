import { takePrivateLock } from "../files/private-lock.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Host } from "../host.ts";
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
}

// Nobody waits long for a memory; without it things merely take a request or a code more.
const lockMilliseconds = 2000;

/**
 * The state at this path; nothing is read before it is asked for. A file that is damaged, of a newer
 * letme or unreadable is moved out of the way (`.set-aside` behind its name), and `warn` is told.
 * `awsTime` is AWS's time as far as it is known, which credentials end by; who cannot learn it takes
 * none out of the file.
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
  /** Only under the lock: another letme may have put a good file there by now. */
  const readOrSetAside = (): State => {
    const found = readFile(host, path);
    if (typeof found !== "string") return found;
    try {
      host.files.rename(path, `${path}.set-aside`);
      warn(`what letme remembered is ${found}, and was set aside as ${path}.set-aside`);
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
      const found = readFile(host, path);
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
  };
}

/** The state, or what is wrong with its file. */
function readFile(host: Host, path: string): State | string {
  let bytes: Uint8Array | undefined;
  try {
    bytes = host.files.read(path);
  } catch {
    return "unreadable";
  }
  if (bytes === undefined) return emptyState;
  const state = decodeState(new TextDecoder().decode(bytes));
  return state === "newer" ? "of a newer letme" : state;
}
