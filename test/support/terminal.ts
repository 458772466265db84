import { killGroup, signalName } from "./processes.ts";

export interface TerminalSize {
  readonly cols?: number;
  readonly rows?: number;
}

/** A program on a pseudo-terminal, and the person before it. */
export interface TerminalProcess {
  readonly pid: number;
  /** All that was written to the terminal so far, escape sequences and carriage returns removed. */
  readonly screen: string;
  /** The same, byte for byte as text. */
  readonly raw: string;
  /**
   * Resolves with the screen when the text stands on it, or at once if it does; only what came
   * after the last match counts, so that the same prompt can be waited for twice. Rejects when the
   * program ends without it, or on time-out.
   */
  waitFor(expected: string | RegExp): Promise<string>;
  /** Sends keys: `"123456\r"`, `"\x03"` for ^C, `"\x1b"` for Esc. */
  type(keys: string): void;
  resize(cols: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal, as when its window is closed. */
  hangUp(): void;
  /** Resolves when the program has ended and the whole screen is there. */
  readonly exited: Promise<TerminalResult>;
}

export interface TerminalResult {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly screen: string;
}

interface Waiter {
  readonly expected: string | RegExp;
  readonly resolve: (screen: string) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a program with the terminal as its standard streams and as its controlling terminal. */
export function startInTerminal(
  command: readonly string[],
  options: TerminalSize & {
    readonly cwd: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly timeoutMilliseconds: number;
  },
): TerminalProcess {
  const decoder = new TextDecoder();
  const closed = Promise.withResolvers<void>();
  const waiters = new Set<Waiter>();
  let raw = "";
  let seen = 0;
  let ended: string | undefined;

  const check = () => {
    const screen = plainText(raw);
    for (const waiter of waiters) {
      const end = findEnd(screen, waiter.expected, seen);
      if (end === undefined) continue;
      seen = end;
      waiters.delete(waiter);
      waiter.resolve(screen);
    }
  };
  const end = (reason: string) => {
    ended ??= reason;
    for (const waiter of waiters) waiter.reject(missing(waiter.expected, ended, raw));
    waiters.clear();
  };

  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    env: { ...options.environment },
    terminal: {
      cols: options.cols ?? 80,
      rows: options.rows ?? 24,
      data: (_, bytes) => {
        raw += decoder.decode(bytes, { stream: true });
        check();
      },
      // Comes after the last data.
      exit: () => closed.resolve(),
    },
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end(`within ${options.timeoutMilliseconds} ms`);
    killGroup(child.pid);
    closed.resolve();
  }, options.timeoutMilliseconds);

  const wait = async (): Promise<TerminalResult> => {
    await child.exited;
    await closed.promise;
    clearTimeout(timer);
    end("before the program ended");
    child.terminal?.close();
    if (timedOut) throw missing("The program's end", ended ?? "", raw);
    return {
      exitCode: child.exitCode,
      signal: signalName(child.signalCode),
      screen: plainText(raw),
    };
  };
  const exited = wait();
  // A test that fails before it awaits this reports its own failure, not this one too.
  exited.catch(() => undefined);
  return {
    pid: child.pid,
    hangUp: () => child.terminal?.close(),
    get screen() {
      return plainText(raw);
    },
    get raw() {
      return raw;
    },
    waitFor: (expected) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined && findEnd(plainText(raw), expected, seen) === undefined) {
          reject(missing(expected, ended, raw));
          return;
        }
        waiters.add({ expected, resolve, reject });
        check();
      }),
    type: (keys) => void child.terminal?.write(keys),
    resize: (cols, rows) => child.terminal?.resize(cols, rows),
    kill: (signal) => child.kill(signal),
    exited,
  };
}

/** Without escape sequences and carriage returns: each line as often as it was drawn. */
export function plainText(raw: string): string {
  // Of a sequence that has come by half nothing may show, or places on the screen would shift.
  return Bun.stripANSI(raw.replace(/\x1b(\[[0-9;?]*)?$/, "")).replaceAll("\r", "");
}

function findEnd(screen: string, expected: string | RegExp, from: number): number | undefined {
  if (typeof expected === "string") {
    const at = screen.indexOf(expected, from);
    return at < 0 ? undefined : at + expected.length;
  }
  const match = new RegExp(expected.source, expected.flags.replace(/[gy]/g, "")).exec(
    screen.slice(from),
  );
  return match === null ? undefined : from + match.index + match[0].length;
}

function missing(expected: string | RegExp, when: string, raw: string): Error {
  return new Error(`${String(expected)} did not appear ${when}:\n${plainText(raw)}`);
}
