/**
 * `bun run demo`: letme's main job, shown. Installs, compiles the binary for this machine, starts a
 * stand-in of AWS on loopback and runs the binary in a home of its own, command by command. Ends
 * with exit code 0 only if each command did what it should.
 */
import { installPackages } from "./steps.ts";

// A machine without network must not keep the demo waiting for ever.
const longestMilliseconds = 300_000;
setTimeout(() => {
  console.error(`the demo is not done after ${longestMilliseconds / 1000} s: giving up`);
  process.exit(1);
}, longestMilliseconds).unref();

const started = performance.now();
console.log("Installing the packages that the lock file names");
await installPackages();

// Packages are there only now, so whatever needs them is imported here.
const { buildLetme, thisTarget } = await import("./build-targets.ts");
const { tellStory } = await import("./demo-story.ts");
const { openStage } = await import("./demo-stage.ts");

console.log("Compiling letme for this machine");
const binary = buildLetme(thisTarget());
const stage = await openStage(binary);
process.once("SIGINT", () => void stage.close().finally(() => process.exit(130)));
console.log("The demo has a home folder of its own, shown as ~, and its AWS is on this machine.");
try {
  await tellStory(stage);
} finally {
  await stage.close();
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
if (stage.problems.length === 0) {
  console.log(`\nDemo done in ${seconds} s: every command did what it should.`);
} else {
  console.log(`\nDemo failed after ${seconds} s:`);
  for (const problem of stage.problems) console.log(`  ${problem}`);
}
process.exit(stage.problems.length === 0 ? 0 : 1);
