import { AwsError } from "../aws/errors.ts";
import { LetmeError, NetworkError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { CodeRecord } from "./code-reuse.ts";
import { readTokenCode, type TokenCode, type TokenCodeSources } from "./token-code.ts";

/** What handing out codes needs from outside. */
export interface CodeDeskOptions {
  readonly host: Host;
  readonly serialNumber: string;
  /** Where a code comes from now; what was given, until it is taken. */
  readonly sources: () => TokenCodeSources;
  /** Told that the code that was given is taken, as it is good once, or is there again. */
  readonly onGiven: (isTaken: boolean) => void;
  readonly record: CodeRecord;
  /** Told before the user is asked. */
  readonly onAsking: () => void;
  /** A line for the user. */
  readonly tell: (text: string) => void;
  /** Waits, and shows how long it still takes. */
  readonly countDown: (milliseconds: number) => Promise<void>;
}

/** Hands out MFA codes for requests, one after the other: a code is good for one request. */
export interface CodeDesk {
  /** Does a request with a code that was not sent before. */
  spend<T>(send: (tokenCode: string) => Promise<T>): Promise<T>;
}

/** How often another code may be typed where AWS did not take one. */
const moreTries = 2;
/** How often a command may print the code that was sent already. */
const mostWaits = 2;

export function openCodeDesk(options: CodeDeskOptions): CodeDesk {
  let queue: Promise<unknown> = Promise.resolve();

  const spendOne = async <T>(send: (tokenCode: string) => Promise<T>): Promise<T> => {
    let refused = 0;
    for (let waits = 0; ; ) {
      const sources = options.sources();
      if (asksNext(sources)) options.onAsking();
      const read = await readTokenCode(options.host, sources);
      if (read.from === "given") options.onGiven(true);
      const now = options.host.clock.now();
      const wait = await options.record.claim(options.serialNumber, read.code, now);
      if (wait !== undefined) {
        waits++;
        refuseToWait(read, wait, waits, sources);
        await options.countDown(wait);
        continue;
      }
      try {
        return await send(read.code);
      } catch (error) {
        if (neverLeft(error)) {
          await options.record.release(options.serialNumber, read.code);
          if (read.from === "given") options.onGiven(false);
        }
        refused++;
        if (read.from !== "prompt" || !isWrongCode(error) || refused > moreTries) throw error;
        options.tell(
          `AWS did not take that code (${error.refusal.code}): a code works once, and only while the device shows it. Try again.`,
        );
      }
    }
  };
  return {
    spend(send) {
      const turn = queue.then(() => spendOne(send));
      queue = turn.catch(() => undefined);
      return turn;
    },
  };
}

function asksNext(sources: TokenCodeSources): boolean {
  return sources.given === undefined && sources.process === undefined && sources.mayAsk();
}

/** Throws where waiting would not bring another code. */
function refuseToWait(
  read: TokenCode,
  wait: number,
  waits: number,
  sources: TokenCodeSources,
): void {
  const seconds = Math.ceil(wait / 1000);
  if (read.from === "process" && waits <= mostWaits) return;
  if (read.from !== "process" && sources.process === undefined && sources.mayAsk()) return;
  throw new LetmeError("credentials", `the MFA code of ${read.origin} was used already`, {
    hint: `a code works once: the device shows the next one in ${seconds} s, give that`,
  });
}

/** Whether the request surely never left for AWS, so that its code is still good. */
function neverLeft(error: unknown): boolean {
  return error instanceof LetmeError && error.cause instanceof NetworkError && !error.cause.reached;
}

function isWrongCode(error: unknown): error is AwsError {
  return error instanceof AwsError && /invalid MFA one time pass code/i.test(error.refusal.reason);
}
