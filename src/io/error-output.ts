import { writeSync } from "node:fs";
import { errnoOf } from "../errors.ts";

// A terminal or pipe whose reader is slow takes no more for a moment; how often to try again.
const mostRetries = 1000;

/** Writes a text to stderr at once. Where that fails there is nobody left to tell. */
export function writeError(text: string): void {
  let bytes = Buffer.from(text);
  for (let retries = 0; bytes.length > 0 && retries < mostRetries; ) {
    try {
      bytes = bytes.subarray(writeSync(2, bytes));
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") return;
      retries++;
      Bun.sleepSync(1);
    }
  }
}
