import { LetmeError } from "../errors.ts";
import { type AwsConfiguration, profileKey, variable } from "./configuration.ts";

/** How one attempt of a call ended. */
export type Attempt =
  | { readonly outcome: "done"; readonly body: string }
  | {
      readonly outcome: "failed";
      readonly why: string;
      readonly mayRepeat: boolean;
      readonly throttled: boolean;
      /** Refused for its time, and the clock is corrected now: once more, without waiting. */
      readonly clockCorrected: boolean;
      /** The `x-amz-retry-after` header: milliseconds, as text. */
      readonly retryAfter: string | undefined;
      readonly error: LetmeError;
    };

const longestWait = 20_000;
const defaultAttempts = 3;

/**
 * How often a call is tried: `AWS_MAX_ATTEMPTS`, the profile's `max_attempts`, else 3, as in AWS's
 * "standard" mode (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
 * Throws a `configuration` error for what is no count, as the AWS CLI does.
 */
export function readMaxAttempts(configuration: AwsConfiguration): number {
  const found =
    variable(configuration, "AWS_MAX_ATTEMPTS") ?? profileKey(configuration, "max_attempts");
  if (found === undefined) return defaultAttempts;
  const attempts = Number(found.value);
  if (Number.isSafeInteger(attempts) && attempts >= 1) return attempts;
  throw new LetmeError("configuration", `${found.origin} must be a whole number from 1 up`, {
    hint: "it counts all attempts of a request: 3 where nothing is set",
  });
}

/**
 * Milliseconds to wait after attempt `number` (from 1): what AWS asked for, else full jitter below
 * 50 ms (DynamoDB 25 ms, throttled 1 s) doubled with each attempt, 20 s at most.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function waitAfter(
  number: number,
  attempt: { readonly throttled: boolean; readonly retryAfter: string | undefined },
  service: string,
  random: number,
): number {
  const asked = Number(attempt.retryAfter ?? "");
  if (attempt.retryAfter !== undefined && Number.isFinite(asked) && asked >= 0) {
    return Math.min(Math.round(asked), longestWait);
  }
  const base = attempt.throttled ? 1000 : service === "dynamodb" ? 25 : 50;
  return Math.round(random * Math.min(base * 2 ** (number - 1), longestWait));
}
