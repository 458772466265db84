/**
 * The stand-in's own clock: the machine's, plus an offset that a test sets. Signatures, the life of
 * credentials and MFA codes all go by it, so that no test has to wait for an expiry.
 */
export class StandInClock {
  offsetMilliseconds: number;
  private frozenAt: number | undefined;

  constructor(offsetMilliseconds = 0) {
    this.offsetMilliseconds = offsetMilliseconds;
  }

  now(): Date {
    return new Date((this.frozenAt ?? Date.now()) + this.offsetMilliseconds);
  }

  /** Goes forward (or back, with a negative number) at once. */
  advance(milliseconds: number): void {
    this.offsetMilliseconds += milliseconds;
  }

  /** Stands still from now on, so that a test can count MFA steps; `advance` still moves it. */
  freeze(): void {
    this.frozenAt = Date.now();
  }
}
