import type { Environment, Home } from "./home.ts";
import { letmeBinary } from "./letme-binary.ts";
import { killGroup, signalName } from "./processes.ts";
import { startInTerminal, type TerminalProcess, type TerminalSize } from "./terminal.ts";

export { type Home, newHome } from "./home.ts";
export type { TerminalProcess } from "./terminal.ts";

export interface RunOptions {
  readonly home: Home;
  /** Beside the home's own; an undefined variable is taken out. */
  readonly environment?: Environment;
  /** The home where not given. */
  readonly cwd?: string;
  /** The program is killed and the run fails when it takes longer; 30 s where not given. */
  readonly timeoutMilliseconds?: number;
}

export interface RunResult {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is running without a terminal. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves when it has ended and all its output is there; rejects on time-out. */
  readonly result: Promise<RunResult>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs the binary to its end, without a terminal of any kind. */
export function runLetme(
  args: readonly string[],
  options: RunOptions & { readonly stdin?: string },
): Promise<RunResult> {
  return startLetme(args, options).result;
}

/** Starts the binary without a terminal; for tests that send signals or run several at once. */
export function startLetme(
  args: readonly string[],
  options: RunOptions & { readonly stdin?: string },
): RunningProcess {
  return startProgram([letmeBinary(), ...args], options);
}

/** Starts the binary on a terminal of its own, which `/dev/tty` opens too. */
export function runLetmeInTerminal(
  args: readonly string[],
  options: RunOptions & TerminalSize,
): TerminalProcess {
  return startProgramInTerminal([letmeBinary(), ...args], options);
}

/** `startLetme` for any program. */
export function startProgram(
  command: readonly string[],
  options: RunOptions & { readonly stdin?: string },
): RunningProcess {
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? options.home.path,
    env: options.home.environment(options.environment),
    stdin: options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    // A session of its own: the terminal that the tests were started on is out of reach.
    detached: process.platform !== "win32",
  });
  const limit = options.timeoutMilliseconds ?? 30_000;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid);
  }, limit);
  const collect = async (): Promise<RunResult> => {
    try {
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      if (timedOut) {
        throw new Error(`${command.join(" ")} took over ${limit} ms.\n${stdout}\n${stderr}`);
      }
      return { exitCode: child.exitCode, signal: signalName(child.signalCode), stdout, stderr };
    } finally {
      clearTimeout(timer);
    }
  };
  const result = collect();
  // A test that fails before it awaits this reports its own failure, not this one too.
  result.catch(() => undefined);
  return { pid: child.pid, result, kill: (signal) => child.kill(signal) };
}

/** `runLetmeInTerminal` for any program. */
export function startProgramInTerminal(
  command: readonly string[],
  options: RunOptions & TerminalSize,
): TerminalProcess {
  return startInTerminal(command, {
    cwd: options.cwd ?? options.home.path,
    environment: options.home.environment({ TERM: "xterm-256color", ...options.environment }),
    timeoutMilliseconds: options.timeoutMilliseconds ?? 30_000,
    ...(options.cols !== undefined && { cols: options.cols }),
    ...(options.rows !== undefined && { rows: options.rows }),
  });
}
