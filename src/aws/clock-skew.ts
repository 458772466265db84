/** Below this AWS takes a request's time as it is, and a `Date` may lag. */
const noticeable = 4 * 60_000;
/** A reply that took longer says nothing of what time it is. */
const longestExchange = 15 * 60_000;

/**
 * How far this machine's clock is off, learnt from the `Date` of AWS's replies and kept for the run.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export class ClockSkew {
  #milliseconds = 0;

  /** To add to this machine's time to get AWS's; 0 until a reply showed a noticeable difference. */
  get milliseconds(): number {
    return this.#milliseconds;
  }

  /**
   * Looks at a reply that came at `receivedAt` (this machine's time) after so many milliseconds.
   * True where the clock turned out to be off by other than what was known. A reply out of a cache
   * (`Age`) tells the time of another day.
   */
  observe(headers: Headers, receivedAt: Date, tookMilliseconds: number): boolean {
    const date = headers.get("date");
    if (date === null || headers.has("age") || tookMilliseconds > longestExchange) return false;
    const offset = Date.parse(date) - receivedAt.getTime();
    if (Number.isNaN(offset) || Math.abs(offset - this.#milliseconds) < noticeable) return false;
    this.#milliseconds = Math.abs(offset) < noticeable ? 0 : offset;
    return true;
  }

  /** Whether a request that was signed with another offset may now be signed better. */
  differsFrom(usedMilliseconds: number): boolean {
    return Math.abs(this.#milliseconds - usedMilliseconds) >= noticeable;
  }
}

/** "12 min behind AWS's", for people. */
export function describeSkew(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [
    days > 0 ? `${days} d` : "",
    hours > 0 ? `${hours} h` : "",
    minutes % 60 > 0 && days === 0 ? `${minutes % 60} min` : "",
  ].filter((part) => part !== "");
  // AWS's time is this machine's plus the offset: with a positive one the machine lags.
  return `${parts.join(" ")} ${milliseconds > 0 ? "behind" : "ahead of"} AWS's`;
}

// Codes that a wrong time is reported with; most of them stand for other faults too.
const codes = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Whether AWS may have refused a request for the time it was signed with. */
export function isSkewError(code: string): boolean {
  return codes.has(code);
}
