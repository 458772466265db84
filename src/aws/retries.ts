import type { LetmeError } from "../errors.ts";

/** How one attempt of a call ended. */
export type Attempt =
  | { readonly outcome: "done"; readonly body: string }
  | {
      readonly outcome: "again";
      readonly why: string;
      readonly mayRepeat: boolean;
      readonly throttled: boolean;
      /** The `x-amz-retry-after` header: milliseconds, as text. */
      readonly retryAfter: string | undefined;
      readonly error: LetmeError;
    };

const longestWait = 20_000;

/** `AWS_MAX_ATTEMPTS` where it is a positive number, else 3, as in AWS's "standard" mode. */
export function attemptsOf(env: Readonly<Record<string, string | undefined>>): number {
  const stated = Number(env["AWS_MAX_ATTEMPTS"] ?? "");
  return Number.isInteger(stated) && stated >= 1 ? stated : 3;
}

/**
 * Milliseconds to wait after attempt `number` (from 1): what AWS asked for, else full jitter below
 * 50 ms (1 s when throttled) doubled with each attempt, 20 s at most.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function waitBefore(
  number: number,
  attempt: { readonly throttled: boolean; readonly retryAfter: string | undefined },
  random: number,
): number {
  const asked = Number(attempt.retryAfter ?? "");
  if (attempt.retryAfter !== undefined && Number.isFinite(asked) && asked >= 0) {
    return Math.min(Math.round(asked), longestWait);
  }
  const base = attempt.throttled ? 1000 : 50;
  return Math.round(random * Math.min(base * 2 ** (number - 1), longestWait));
}
