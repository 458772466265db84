/**
 * `bun run test`: everything, on a fresh machine. Installs, checks types and style, runs the unit
 * tests, compiles the binary for this machine and runs the end-to-end tests against it. The last
 * line is `N passed, N failed`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages, packageProgram, root, runStep, type StepResult } from "./steps.ts";

let passed = 0;
let failed = 0;

/** A step that counts as one test. */
async function check(name: string, step: Promise<StepResult>): Promise<void> {
  const started = performance.now();
  const { ok, output } = await step;
  if (ok) passed++;
  else failed++;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (!ok) console.log(output);
}

/** A run of Bun's test runner; its tests are counted each. */
async function tests(name: string, places: readonly string[]): Promise<void> {
  const started = performance.now();
  const { ok, output } = await runStep([process.execPath, "test", "--timeout", "60000", ...places]);
  const count = (word: string) =>
    Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(output)?.[1] ?? 0);
  passed += count("pass");
  const broken = count("fail");
  // A runner that ends badly without a failed test, as on a crash, has failed all the same.
  failed += ok ? broken : Math.max(1, broken);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok    " : "FAILED"} ${name}: ${count("pass")} tests (${seconds} s)`);
  if (!ok) console.log(whatFailed(output));
}

/** What the test runner printed, without the tests that passed and the files that hold no others. */
function whatFailed(output: string): string {
  const names = output.match(/^\(fail\).*$/gm) ?? [];
  const rest = output
    .replace(/^\((?:pass|skip)\).*\n/gm, "")
    .replace(/^test\/\S+\.test\.ts:\n+(?=test\/\S+\.test\.ts:$|\s*\d+ pass$)/gm, "");
  return [...names, rest].join("\n");
}

await installPackages();
// Folders, and the tests of the files that stand in src itself.
const units = readdirSync(join(root, "test"), { withFileTypes: true })
  .filter(({ name }) => !["e2e", "support"].includes(name))
  .map((entry) => `./test/${entry.name}${entry.isDirectory() ? "/" : ""}`);
await Promise.all([
  check("types", runStep(packageProgram("typescript/bin/tsc", "--noEmit"))),
  check("style", runStep(packageProgram("@biomejs/biome/bin/biome", "ci", "--colors=off"))),
  check("compile", runStep([process.execPath, "scripts/build-targets.ts"])),
]);
await tests("unit tests", units);
await tests("end-to-end tests", ["./test/e2e/"]);
if (process.platform === "linux" && Bun.which("strace") !== null) {
  await check("kill sweep", runStep([process.execPath, "scripts/kill-sweep.ts"]));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
