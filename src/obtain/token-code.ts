import { errnoOf, LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { splitWords } from "../split-words.ts";

/** Where an MFA code may come from, in this order; asking comes last. */
export interface TokenCodeSources {
  /** A code that was given, and by what. */
  readonly given: { readonly code: string; readonly origin: string } | undefined;
  readonly process: string | undefined;
  readonly mayAsk: () => boolean;
  /** The device to name in the question, where it is not the one that is always meant. */
  readonly device?: string | undefined;
}

/**
 * Finds what will go wrong with the code before anything is asked of AWS: a `usage` error for one
 * that is given and is none, a `credentials` error where there is neither a code nor anybody to ask.
 */
export function checkTokenCodeSources(sources: TokenCodeSources): void {
  if (sources.given !== undefined) {
    const problem = tokenCodeProblem(sources.given.code.trim());
    if (problem === undefined) return;
    throw new LetmeError(
      "usage",
      `the code of ${sources.given.origin} is not an MFA code: ${problem}`,
      {
        hint: "give the six digits that the device shows",
      },
    );
  }
  if (sources.process === undefined && !sources.mayAsk()) throw nobodyToAsk();
}

function nobodyToAsk(): LetmeError {
  return new LetmeError("credentials", "an MFA code is needed, and there is no one to ask", {
    hint: "give it with `--mfa-token CODE` or LETME_MFA_TOKEN, or set `mfa_process`",
  });
}

/** Gets the MFA code. Whatever it comes from, it is six digits, or an error before it is sent. */
export async function readTokenCode(host: Host, sources: TokenCodeSources): Promise<string> {
  checkTokenCodeSources(sources);
  if (sources.given !== undefined) return sources.given.code.trim();
  if (sources.process !== undefined) return codeOfProcess(host, sources.process);
  const of = sources.device === undefined ? "" : ` of ${sources.device}`;
  return host.terminal.askHidden(`Enter MFA one time pass code${of}:`, tokenCodeProblem);
}

function tokenCodeProblem(code: string): string | undefined {
  return /^[0-9]{6}$/.test(code) ? undefined : "it must be six digits";
}

async function codeOfProcess(host: Host, commandLine: string): Promise<string> {
  const command = splitWords(commandLine);
  if (command === undefined || command.length === 0) {
    throw new LetmeError("configuration", "`mfa_process` is not a command", {
      hint: "every quote that opens must close",
    });
  }
  const program = command[0] ?? "";
  let result: { exitCode: number; stdout: string };
  try {
    result = await host.processes.run(command);
  } catch (error) {
    throw new LetmeError(
      "credentials",
      `\`mfa_process\` cannot run \`${program}\` (${errnoOf(error) ?? "no reason known"})`,
      { hint: "it is run without a shell: give the program's whole path", cause: error },
    );
  }
  if (result.exitCode !== 0) {
    throw new LetmeError("credentials", `\`mfa_process\` ended with code ${result.exitCode}`, {
      hint: `run \`${program}\` by itself to see why`,
    });
  }
  const code = result.stdout.trim();
  if (tokenCodeProblem(code) === undefined) return code;
  throw new LetmeError("credentials", "`mfa_process` did not print six digits and nothing else", {
    hint: `run \`${program}\` by itself to see what it prints`,
  });
}
