import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Home } from "../test/support/home.ts";
import { medianOf } from "./measure.ts";

/** How long the disk takes for what an obtain syncs: two new files of this length, and their folder. */
export function syncMilliseconds(home: Home, length = 500): number {
  const targets = ["one", "two"].map((name) => home.write(`.aws/sync-${name}`, ""));
  const folder = dirname(targets[0] ?? "");
  const text = "x".repeat(length);
  const takes = Array.from({ length: 15 }, () => {
    let spent = 0;
    for (const target of targets) {
      const descriptor = openSync(`${target}.tmp`, "w", 0o600);
      writeSync(descriptor, text);
      spent += timedSync(descriptor);
    }
    for (const target of targets) renameSync(`${target}.tmp`, target);
    // Windows syncs no folders, and letme does not there.
    if (process.platform !== "win32") spent += timedSync(openSync(folder, "r"));
    return spent;
  });
  return medianOf(takes);
}

function timedSync(descriptor: number): number {
  const started = performance.now();
  fsyncSync(descriptor);
  const spent = performance.now() - started;
  closeSync(descriptor);
  return spent;
}
