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
  const { ReadStream, WriteStream } = await import("node:tty");
  const standard = isTerminal(0) && isTerminal(2);
  const names = deviceNames(platform);
  const input = standard ? process.stdin : new ReadStream(openSync(names.input, "r+"));
  const output = standard ? process.stderr : new WriteStream(openSync(names.output, "r+"));
  try {
    const answer = await password({
      message: question,
      input,
      output,
      withGuide: false,
      validate: (text) => problemOf((text ?? "").trim()),
    });
    if (isCancel(answer)) throw new LetmeError("interrupted", "cancelled, nothing was changed");
    return answer.trim();
  } finally {
    if (!standard) {
      input.destroy();
      output.destroy();
    }
  }
}
