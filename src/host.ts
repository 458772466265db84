/**
 * The machine as the program sees it: the only way to the environment, the clock, the network, the
 * files and the terminal. `src/main.ts` builds the real one; tests build others.
 */
export interface Host {
  readonly platform: Platform;
  /** The environment, a blank value counting as a value. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory: `$HOME`, or `%USERPROFILE%` on Windows. */
  readonly homeDirectory: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly files: Files;
  readonly terminal: Terminal;
  readonly processes: Processes;
}

export type Platform = "linux" | "darwin" | "win32";

export interface Clock {
  now(): Date;
  /** A moment in this machine's time zone, as `2026-11-22 23:22:40`. */
  localTime(date: Date): string;
  /** The moment that a local time of that form is; in a doubled hour, one of the two. */
  momentOf(localTime: string): Date;
  /** A moment in milliseconds that only goes forward, for measuring. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
}

export interface Network {
  /**
   * One HTTP exchange, redirects not followed. Rejects with a `NetworkError` when no whole reply
   * came within `timeoutMilliseconds`.
   */
  exchange(request: NetworkRequest): Promise<NetworkReply>;
}

export interface NetworkRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long until the reply begins, the connection included; all of it gets twice more. */
  readonly timeoutMilliseconds: number;
  /** PEM certificates that the server is checked against, in place of all others. */
  readonly authorities?: string;
  /** Never through a proxy: for addresses that are this machine's own, as those of its metadata. */
  readonly direct?: true;
}

export interface NetworkReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The proxy that it came through, for people and without its password. */
  readonly via?: string;
}

/**
 * Files, one system call a method, so that a test can fail each. All are synchronous: nothing
 * else of letme runs between two of them. Errors are the operating system's, with `code`.
 */
export interface Files {
  /**
   * The whole file; undefined where there is none. Code `EFTYPE` (`notAFile`) where it is a pipe, a
   * socket or a device with something in it. For a file that users may give through a pipe, say that
   * it may be waited for, and for one that is then worked through piece by piece, which may be much
   * to do, that.
   */
  read(path: string, use?: "wait for" | "work through"): Uint8Array | undefined;
  /** Whether the file is there and holds just these bytes; `EFTYPE` as `read`. */
  holds(path: string, bytes: Uint8Array): boolean;
  /** `EFTYPE` as `read`. */
  openForRead(path: string): ReadHandle | undefined;
  /** Of what the path leads to, links followed; undefined where there is nothing. */
  status(path: string): FileStatus | undefined;
  /** Of what stands at the path itself, which may be a link; undefined where there is nothing. */
  entry(path: string): FileStatus | LinkEntry | undefined;
  /** A new file for writing, with this mode from its first byte; fails where one is (`EEXIST`). */
  create(path: string, mode: number): WriteHandle;
  rename(from: string, to: string): void;
  /**
   * Swaps two files in one step, so that what was replaced can still be looked at. False where the
   * system has no such call; nothing was changed then.
   */
  exchange(one: string, other: string): boolean;
  /**
   * Gives one file what users have attached to the other: extended attributes and the access control
   * list, which says what the mode says too. Does nothing where letme cannot, as on macOS and Windows.
   * Gives the names of the attributes that the other did not take; a list that it does not is thrown.
   */
  copyAttributes(from: string, to: string): readonly string[];
  remove(path: string): void;
  /** Makes the directory and those above it, each with this mode; what is there stays as it is. */
  makeDirectory(path: string, mode: number): void;
  list(path: string): readonly string[];
  /** Throws where no file can be made in this folder: `EACCES`, `EROFS`, `ENOENT`. */
  checkFolder(path: string): void;
  /** The same path from the root on; nothing is looked up. */
  absolute(path: string): string;
  changeMode(path: string, mode: number): void;
  /** Flushes a directory's entries to the disk; does nothing where the system has no such call. */
  syncDirectory(path: string): void;
  /**
   * A lock held by the kernel: other processes wait at most `timeoutMilliseconds` for it, and it is
   * free again when its holder ends, however it ends. Rejects with code `ELOCKED` on time-out.
   */
  lock(path: string, timeoutMilliseconds: number): Promise<Lock>;
}

export interface FileStatus {
  readonly kind: "file" | "directory" | "other";
  /** Permission bits, as in `0o600`; on Windows they mean nothing. */
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly size: number;
  /** How many names the file has: more than one where there are hard links to it. */
  readonly names: number;
  readonly modifiedMilliseconds: number;
  /** Device and number of the file: the same for the same file under another name. */
  readonly identity: string;
}

/** A symbolic link. */
export interface LinkEntry {
  readonly kind: "link";
  /** Where it points to, as it is written in it. */
  readonly target: string;
}

export interface ReadHandle {
  readonly size: number;
  /** Up to `length` bytes from `position`; fewer at the end of the file. */
  readAt(position: number, length: number): Uint8Array;
  close(): void;
}

export interface WriteHandle {
  /** Writes all of it. */
  write(bytes: Uint8Array): void;
  changeMode(mode: number): void;
  changeOwner(owner: number, group: number): void;
  sync(): void;
  close(): void;
}

export interface Lock {
  release(): void;
}

export interface Terminal {
  /** Resolves when all of it is written; a reader that closed the pipe early is not an error. */
  writeOut(text: string): Promise<void>;
  /** Text on stderr, at once; a failure to write there is not an error. */
  writeError(text: string): void;
  isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean;
  /** Whether what asks has colour; looked at when something is asked. */
  colorPrompts(wanted: () => boolean): void;
  /** Whether somebody can be asked: stdin and stderr are terminals, or the terminal device opens. */
  canAsk(): boolean;
  /**
   * Asks on the terminal, never on stdout, without showing what is typed. `problemOf` says what is
   * wrong with an answer. Rejects with an `interrupted` LetmeError on Esc and ^C.
   */
  askHidden(question: string, problemOf: (answer: string) => string | undefined): Promise<string>;
  /** Asks for a text, shown as it is typed; `initial` stands there to be changed. As `askHidden`. */
  askText(
    question: string,
    options: {
      readonly initial: string;
      readonly problemOf: (answer: string) => string | undefined;
    },
  ): Promise<string>;
  /**
   * Has one of several chosen, by moving to it or typing a part of it; `initial` is where the choice
   * starts. As `askHidden`.
   */
  askChoice(
    question: string,
    choices: readonly Choice[],
    initial: string | undefined,
  ): Promise<string>;
  /** Asks for a yes or a no on the terminal, as `askHidden` does; no where only Enter is pressed. */
  askYesNo(question: string): Promise<boolean>;
}

/** Something to choose. */
export interface Choice {
  readonly value: string;
  /** What stands for it on the screen. */
  readonly label: string;
}

export interface Processes {
  /**
   * Runs a program, no shell between: stdin and stderr are the user's, stdout is given back. A
   * program that cannot be started rejects with the operating system's error.
   */
  run(
    command: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ exitCode: number; stdout: string }>;
  /** How others call this program: `letme` where PATH leads to it, else the path of its file. */
  ownCommand(): string;
  /**
   * Runs a program in letme's place: the terminal and the standard streams are its own, signals go to
   * it. Gives its exit code; where a signal ended it, letme ends by that signal too, or gives 128 and
   * the signal's number where that would not do. A program that cannot be started rejects with the
   * operating system's error.
   */
  become(
    command: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<number>;
  /** This process's number. */
  readonly id: number;
  /** Whether a process of this number is running, whoever's it is. */
  isRunning(id: number): boolean;
  /** While it is held, ^C and a termination wait; what came meanwhile then takes effect. */
  holdSignals(): Lock;
}
