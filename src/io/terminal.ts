import { closeSync, fstatSync, openSync } from "node:fs";
import { LetmeError } from "../errors.ts";
import type { Choice, Platform, Terminal } from "../host.ts";
import { writeError } from "./error-output.ts";
import { writeOut } from "./output.ts";
import { printableLine } from "./printable.ts";
import { whileAsking, whileColored } from "./while-asking.ts";

const descriptors = { stdin: 0, stdout: 1, stderr: 2 } as const;

/** The real terminal. */
export function realTerminal(platform: Platform): Terminal {
  let inColor: Prompting["inColor"] = () => false;
  const prompting: Prompting = { platform, inColor: () => inColor() };
  return {
    writeOut,
    writeError,
    isTerminal: (stream) => isTerminal(descriptors[stream]),
    colorPrompts: (wanted) => {
      inColor = wanted;
    },
    canAsk: () => (isTerminal(0) && isTerminal(2)) || opensDevice(platform),
    askHidden: (question, problemOf) => askHidden(prompting, question, problemOf),
    askYesNo: (question) => askYesNo(prompting, question),
    askText: (question, options) => askText(prompting, question, options),
    askChoice: (question, choices, initial) => askChoice(prompting, question, choices, initial),
  };
}

/** What every prompt needs to know. */
interface Prompting {
  readonly platform: Platform;
  readonly inColor: () => boolean;
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
  prompting: Prompting,
  question: string,
  problemOf: (answer: string) => string | undefined,
): Promise<string> {
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await onTerminal(prompting, (asking) =>
    password({
      message: question,
      ...asking,
      withGuide: false,
      validate: (text) => problemOf((text ?? "").trim()),
    }),
  );
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

async function askYesNo(prompting: Prompting, question: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await onTerminal(prompting, (asking) =>
    confirm({ message: question, ...asking, withGuide: false, initialValue: false }),
  );
  if (isCancel(answer)) throw cancelled();
  return answer;
}

async function askText(
  prompting: Prompting,
  question: string,
  { initial, problemOf }: Parameters<Terminal["askText"]>[1],
): Promise<string> {
  const { isCancel, text } = await import("@clack/prompts");
  const answer = await onTerminal(prompting, (asking) =>
    text({
      message: question,
      ...asking,
      withGuide: false,
      initialValue: initial,
      validate: (typed) => problemOf((typed ?? "").trim()),
    }),
  );
  if (isCancel(answer)) throw cancelled();
  return (answer ?? "").trim();
}

async function askChoice(
  prompting: Prompting,
  question: string,
  choices: readonly Choice[],
  initial: string | undefined,
): Promise<string> {
  const { autocomplete, isCancel } = await import("@clack/prompts");
  const options = choices.map(({ value, label }) => ({ value, label: printableLine(label) }));
  const start = options.find(({ value }) => value === initial) ?? options[0];
  const answer = await onTerminal(prompting, (asking) =>
    autocomplete({
      message: question,
      ...asking,
      withGuide: false,
      options,
      maxItems: 8,
      ...(start === undefined ? {} : { initialValue: start.value }),
    }),
  );
  if (isCancel(answer)) throw cancelled();
  return answer;
}

function cancelled(): LetmeError {
  return new LetmeError("interrupted", "cancelled, nothing was changed", {
    hint: "run the command again to be asked again; `--no-input` never asks",
  });
}

/** What a prompt is given: where it asks, and a signal that ends it as Esc does. */
interface Asking {
  readonly input: typeof process.stdin;
  readonly output: typeof process.stderr;
  readonly signal: AbortSignal;
}

/** Prompts on stdin and stderr where they are the terminal, else on the terminal's own device. */
async function onTerminal<T>(
  { platform, inColor }: Prompting,
  ask: (asking: Asking) => Promise<T>,
): Promise<T> {
  const prompt = (asking: Asking) => whileColored(inColor(), () => ask(asking));
  if (isTerminal(0) && isTerminal(2)) {
    const output = withSize(process.stderr);
    return whileAsking(process.stdin, (signal) => prompt({ input: process.stdin, output, signal }));
  }
  const { ReadStream, WriteStream } = await import("node:tty");
  const names = deviceNames(platform);
  const input = new ReadStream(openSync(names.input, "r+")) as typeof process.stdin;
  const output = withSize(new WriteStream(openSync(names.output, "r+")) as typeof process.stderr);
  try {
    return await whileAsking(input, (signal) => prompt({ input, output, signal }));
  } finally {
    input.destroy();
    output.destroy();
  }
}

/** A terminal that was told no size, as on a serial line or in some CI, says 0: lines would be empty. */
function withSize(output: typeof process.stderr): typeof process.stderr {
  output.columns ||= 80;
  output.rows ||= 24;
  return output;
}
