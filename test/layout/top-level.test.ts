/**
 * The tests of the files of src itself, which stand in test itself: `bun run test` goes by folders,
 * and runs them by this one.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dir, "..");
for (const name of readdirSync(folder).sort()) {
  if (name.endsWith(".test.ts")) await import(join(folder, name));
}
