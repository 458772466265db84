import { closeSync, fstatSync, openSync } from "node:fs";
import { LetmeError } from "../errors.ts";
import type { Platform, Terminal } from "../host.ts";
import { writeError } from "./error-output.ts";
import { writeOut } from "./output.ts";

const descriptors = { stdin: 0, stdout: 1, stderr: 2 } as const;

/** The real terminal. */
export function realTerminal(platform: Platform): Terminal {
  return {
    writeOut,
    writeError,
    isTerminal: (stream) => isTerminal(descriptors[stream]),
    canAsk: () => (isTerminal(0) && isTerminal(2)) || opensDevice(platform),
    askHidden: (question, problemOf) => askHidden(platform, question, problemOf),
    askYesNo: (question) => askYesNo(platform, question),
  };
}

/**
 * Most streams that are no terminals are told by a cheap call, without loading `node:tty`. Windows'
 * consoles are not sure to look like devices to that call, so there it is passed over.
 */
function isTerminal(descriptor: number): boolean {
  try {
    const isDevice = process.platform === "win32" || fstatSync(descriptor).isCharacterDevice();
    if (!isDevice) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule("node:tty").isatty(descriptor);
}

/** The terminal that the process belongs to, whatever its standard streams are. */
function deviceNames(platform: Platform): { readonly input: string; readonly output: string } {
  return platform === "win32"
    ? { input: "\\\\.\\CONIN$", output: "\\\\.\\CONOUT$" }
    : { input: "/dev/tty", output: "/dev/tty" };
}

function opensDevice(platform: Platform): boolean {
  try {
    closeSync(openSync(deviceNames(platform).input, "r+"));
    return true;
  } catch {
    return false;
  }
}

async function askHidden(
  platform: Platform,
  question: string,
  problemOf: (answer: string) => string | undefined,
): Promise<string> {
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await onTerminal(platform, (streams) =>
    password({
      message: question,
      ...streams,
      withGuide: false,
      validate: (text) => problemOf((text ?? "").trim()),
    }),
  );
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

async function askYesNo(platform: Platform, question: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await onTerminal(platform, (streams) =>
    confirm({ message: question, ...streams, withGuide: false, initialValue: false }),
  );
  if (isCancel(answer)) throw cancelled();
  return answer;
}

function cancelled(): LetmeError {
  return new LetmeError("interrupted", "cancelled, nothing was changed");
}

/** Prompts on stdin and stderr where they are the terminal, else on the terminal's own device. */
async function onTerminal<T>(
  platform: Platform,
  prompt: (streams: {
    readonly input: typeof process.stdin;
    readonly output: typeof process.stderr;
  }) => Promise<T>,
): Promise<T> {
  const { ReadStream, WriteStream } = await import("node:tty");
  if (isTerminal(0) && isTerminal(2)) {
    return prompt({ input: process.stdin, output: process.stderr });
  }
  const names = deviceNames(platform);
  const input = new ReadStream(openSync(names.input, "r+"));
  const output = new WriteStream(openSync(names.output, "r+"));
  try {
    return await prompt({
      input: input as typeof process.stdin,
      output: output as typeof process.stderr,
    });
  } finally {
    input.destroy();
    output.destroy();
  }
}
