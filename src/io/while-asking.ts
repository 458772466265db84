import { endingSignals } from "./ending-signals.ts";

// What holds while something is asked: how a question ends, and what colour it has.

const endOfInput = "\u0004";
/** Longer than any answer: something else was pasted, and each key of it would be drawn. */
const mostAtOnce = 1024;
/** As a shell tells a command that SIGHUP ended. */
const hungUp = 129;
const wakingMilliseconds = 50;

/**
 * Ends the prompt also at ^D, at the end of the input and at a signal: on its own it would wait for
 * ever at the first two, and leave the terminal without a cursor at the last. Where the terminal is
 * gone, as when its window was closed, the program ends: the prompt fails at it, and would never end.
 */
export async function whileAsking<T>(
  input: typeof process.stdin,
  prompt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  let came: NodeJS.Signals | undefined;
  const leaveIfGone = (signal: NodeJS.Signals) => {
    if (process.getBuiltinModule("node:tty").isatty(input.fd)) return;
    for (const one of endingSignals) process.off(one, endBySignal);
    process.kill(process.pid, signal);
    process.exit(hungUp);
  };
  const end = () => {
    leaveIfGone("SIGHUP");
    ending.abort();
  };
  const endByKey = (keys: Buffer | string) => {
    if (String(keys).includes(endOfInput) || keys.length > mostAtOnce) ending.abort();
  };
  const endBySignal = (signal: NodeJS.Signals) => {
    leaveIfGone(signal);
    came ??= signal;
    ending.abort();
  };
  input.on("data", endByKey).on("end", end).on("close", end);
  for (const signal of endingSignals) process.on(signal, endBySignal);
  // Behind ^Z and `fg` nothing more is read until reading is stopped and started again.
  const readAgain = () => setTimeout(() => input.pause().resume(), wakingMilliseconds);
  const wakes = process.platform !== "win32";
  if (wakes) process.on("SIGCONT", readAgain);
  try {
    return await prompt(ending.signal);
  } finally {
    input.off("data", endByKey).off("end", end).off("close", end);
    for (const signal of endingSignals) process.off(signal, endBySignal);
    if (wakes) process.off("SIGCONT", readAgain);
    // Without a handler the signal has its usual effect.
    if (came !== undefined) process.kill(process.pid, came);
  }
}

/**
 * Has the prompts, which look at the environment alone and not at the stream that they are on, go by
 * what was decided. What runs behind them gets the environment as it was.
 */
export async function whileColored<T>(color: boolean, run: () => Promise<T>): Promise<T> {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  set("NO_COLOR", color ? undefined : "1");
  set("FORCE_COLOR", color ? "1" : undefined);
  try {
    return await run();
  } finally {
    set("NO_COLOR", NO_COLOR);
    set("FORCE_COLOR", FORCE_COLOR);
  }
}
