import { type State, stepMilliseconds, type UsedCode } from "../state/content.ts";
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
  /** Gives back a code that this letme took and that surely was not sent. */
  release(serialNumber: string, tokenCode: string): Promise<void>;
}

/** The record in the state; where that cannot be written, it lasts for this run. */
export function openCodeRecord(state: Pick<StateFile, "read" | "update">): CodeRecord {
  const ofThisRun = new Map<string, UsedCode>();
  /** What this run took last of each device, and what the state had in its place. */
  const taken = new Map<string, { code: UsedCode; instead: UsedCode | undefined }>();
  return {
    async claim(serialNumber, tokenCode, now) {
      const next = usedCode(serialNumber, tokenCode, now);
      let wait = waitForNextCode(ofThisRun.get(serialNumber), next, now);
      if (wait !== undefined) return wait;
      let instead: UsedCode | undefined;
      // Looked up and taken under one lock: of many letmes at once, one sends it.
      await state.update((before) => {
        instead = before.codes[serialNumber];
        wait = waitForNextCode(instead, next, now);
        return wait === undefined ? withCode(before, serialNumber, next) : before;
      });
      if (wait === undefined) {
        taken.set(serialNumber, { code: next, instead: instead ?? ofThisRun.get(serialNumber) });
        ofThisRun.set(serialNumber, next);
      }
      return wait;
    },
    async release(serialNumber, tokenCode) {
      const last = taken.get(serialNumber);
      if (last === undefined) return;
      const { code, instead } = last;
      if (code.hash !== hashOf(serialNumber, tokenCode)) return;
      taken.delete(serialNumber);
      ofThisRun.delete(serialNumber);
      if (instead !== undefined) ofThisRun.set(serialNumber, instead);
      await state.update((before) => {
        // Another letme may have sent another code by now.
        const isLast = before.codes[serialNumber]?.hash === code.hash;
        return isLast ? withCode(before, serialNumber, instead) : before;
      });
    },
  };
}

function withCode(state: State, serialNumber: string, code: UsedCode | undefined): State {
  const { [serialNumber]: _, ...others } = state.codes;
  return { ...state, codes: code === undefined ? others : { ...others, [serialNumber]: code } };
}

/** What is remembered of a code instead of the code: it can be recognised, in its device only. */
export function usedCode(serialNumber: string, tokenCode: string, now: Date): UsedCode {
  return { hash: hashOf(serialNumber, tokenCode), step: stepOf(now) };
}

function hashOf(serialNumber: string, tokenCode: string): string {
  return new Bun.CryptoHasher("sha256")
    .update(JSON.stringify([serialNumber, tokenCode]))
    .digest("hex")
    .slice(0, 16);
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
