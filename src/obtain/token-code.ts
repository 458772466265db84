import { errnoOf, LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { splitCommand } from "../split-words.ts";

/** Where an MFA code may come from, in this order; asking comes last. */
export interface TokenCodeSources {
  readonly given: GivenCode | undefined;
  /** The code that was given, once it has served. */
  readonly served?: GivenCode | undefined;
  readonly process: string | undefined;
  readonly mayAsk: () => boolean;
  /** The device to name in the question, where it is not the one that is always meant. */
  readonly device?: string | undefined;
}

/** A code that was given, and by what. */
export interface GivenCode {
  readonly code: string;
  /** For people. */
  readonly origin: string;
  /** What it is to give one that is none. */
  readonly errorKind: "usage" | "configuration";
}

/** A code, and what it came from. */
export interface TokenCode {
  readonly code: string;
  readonly from: "given" | "process" | "prompt";
  /** For people. */
  readonly origin: string;
}

/** Throws an error for a code that is given and is none, before anything is asked of AWS. */
export function checkGivenCode({ given }: TokenCodeSources): void {
  if (given === undefined) return;
  const problem = tokenCodeProblem(given.code.trim());
  if (problem === undefined) return;
  throw new LetmeError(
    given.errorKind,
    `the code of ${given.origin} is not an MFA code: ${problem}`,
    {
      hint: "give the six digits that the device shows",
    },
  );
}

/** Gets the MFA code. Whatever it comes from, it is six digits, or an error before it is sent. */
export async function readTokenCode(host: Host, sources: TokenCodeSources): Promise<TokenCode> {
  if (sources.given !== undefined) {
    checkGivenCode(sources);
    const { code, origin } = sources.given;
    return { code: code.trim(), from: "given", origin };
  }
  if (sources.process !== undefined) {
    const code = await codeOfProcess(host, sources.process);
    return { code, from: "process", origin: "`mfa_process`" };
  }
  if (!sources.mayAsk() && sources.served !== undefined) {
    throw new LetmeError(
      "credentials",
      `another MFA code is needed, and there is no one to ask: that of ${sources.served.origin} has served`,
      {
        hint: "a code serves once, and each session longer than an hour takes one of its own: run the command again with the next one, or in a terminal, or set `mfa_process`",
      },
    );
  }
  if (!sources.mayAsk()) {
    throw new LetmeError("credentials", "an MFA code is needed, and there is no one to ask", {
      hint: "run the command in a terminal, give the code with `--mfa-token CODE` or LETME_MFA_TOKEN, or set `mfa_process`",
    });
  }
  const of = sources.device === undefined ? "" : ` of ${sources.device}`;
  const question = `Enter MFA one time pass code${of}:`;
  const code = await host.terminal.askHidden(question, tokenCodeProblem);
  return { code, from: "prompt", origin: "the prompt" };
}

function tokenCodeProblem(code: string): string | undefined {
  return /^[0-9]{6}$/.test(code) ? undefined : "it must be six digits";
}

async function codeOfProcess(host: Host, commandLine: string): Promise<string> {
  const command = splitCommand(commandLine, host.platform);
  if (command === undefined || command.length === 0) {
    throw new LetmeError("configuration", "`mfa_process` is not a command", {
      hint: "every quote that opens must close",
    });
  }
  const program = command[0] ?? "";
  let result: { exitCode: number; stdout: string };
  try {
    result = await host.processes.run(command, host.env);
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
