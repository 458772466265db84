import { writeSync } from "node:fs";
import { errnoOf } from "../errors.ts";

// A terminal or pipe whose reader is slow takes no more for a moment; how often to try again.
const mostRetries = 1000;

/** Writes a text to stderr at once. Where that fails there is nobody left to tell. */
export function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0, retries = 0; written < bytes.length && retries < mostRetries; ) {
    try {
      written += writeSync(2, bytes, written);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") return;
      retries++;
      Bun.sleepSync(1);
    }
  }
}
