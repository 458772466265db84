import { stepMilliseconds, type UsedCode } from "../state/content.ts";
import type { StateFile } from "../state/state.ts";

// AWS takes the code of a step in the steps beside it too, so the same digits may come again for
// that long; later they are a new code that happens to look the same.
const stepsOfReuse = 2;

/** The codes that were sent, by this letme and others. */
export interface CodeRecord {
  /**
   * Takes a code to be sent now, so that nobody else will send it, also where this letme is killed
   * with the request under way. Where it was sent already, the milliseconds until the device surely
   * shows another.
   */
  claim(serialNumber: string, tokenCode: string, now: Date): Promise<number | undefined>;
}

/** The record in the state; where that cannot be written, it lasts for this run. */
export function openCodeRecord(state: Pick<StateFile, "read" | "update">): CodeRecord {
  const ofThisRun = new Map<string, UsedCode>();
  return {
    async claim(serialNumber, tokenCode, now) {
      const next = usedCode(serialNumber, tokenCode, now);
      let wait = waitForNextCode(ofThisRun.get(serialNumber), next, now);
      if (wait !== undefined) return wait;
      // Looked up and taken under one lock: of many letmes at once, one sends it.
      await state.update((before) => {
        wait = waitForNextCode(before.codes[serialNumber], next, now);
        if (wait !== undefined) return before;
        return { ...before, codes: { ...before.codes, [serialNumber]: next } };
      });
      if (wait === undefined) ofThisRun.set(serialNumber, next);
      return wait;
    },
  };
}

/** What is remembered of a code instead of the code: it can be recognised, in its device only. */
export function usedCode(serialNumber: string, tokenCode: string, now: Date): UsedCode {
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
  last: UsedCode | undefined,
  next: UsedCode,
  now: Date,
): number | undefined {
  if (last === undefined || last.hash !== next.hash) return undefined;
  if (Math.abs(next.step - last.step) > stepsOfReuse) return undefined;
  return (stepOf(now) + 1) * stepMilliseconds - now.getTime();
}

function stepOf(moment: Date): number {
  return Math.floor(moment.getTime() / stepMilliseconds);
}
