import type { Part } from "./report.ts";

/** What every part of the bench is given. */
export interface Bench {
  /** The compiled letme, and the compiled bare program. */
  readonly letme: string;
  readonly bare: string;
  /** The bare program with one exchange over the network in it. */
  readonly exchange: string;
  /** How many rounds count; undefined where the part's own number holds. */
  readonly rounds: number | undefined;
}

export type MeasurePart = (bench: Bench) => Promise<Part>;
