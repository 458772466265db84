/** A code that was sent: its hash, and the 30-second step of the clock in which that was. */
export interface SentCode {
  readonly hash: string;
  readonly step: number;
}

/** RFC 6238's time step, which the devices that AWS takes have. */
const stepMilliseconds = 30_000;

// AWS takes the code of a step in the steps beside it too, so the same digits may come again for
// that long; later they are a new code that happens to look the same.
const stepsOfReuse = 2;

/** What is remembered of a code instead of the code: it can be recognised, in its device only. */
export function sentCode(serialNumber: string, tokenCode: string, now: Date): SentCode {
  const hash = new Bun.CryptoHasher("sha256")
    .update(JSON.stringify([serialNumber, tokenCode]))
    .digest("hex")
    .slice(0, 16);
  return { hash, step: stepOf(now) };
}

/**
 * How many milliseconds to wait until the device surely shows another code than the one that was
 * sent; undefined where the code that is to be sent now is another one, so that nothing is to wait
 * for.
 */
export function waitForNextCode(
  last: SentCode | undefined,
  next: SentCode,
  now: Date,
): number | undefined {
  if (last === undefined || last.hash !== next.hash) return undefined;
  if (Math.abs(next.step - last.step) > stepsOfReuse) return undefined;
  return (stepOf(now) + 1) * stepMilliseconds - now.getTime();
}

function stepOf(moment: Date): number {
  return Math.floor(moment.getTime() / stepMilliseconds);
}
