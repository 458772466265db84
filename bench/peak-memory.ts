/**
 * Prints the peak memory in bytes of the command it is given. A program of its own because the
 * system counts the memory of the process that starts another as that one's peak too: so this one
 * stays small, and the figure is right, or that of this process where that is more.
 */
const result = Bun.spawnSync(process.argv.slice(2), { stdout: "ignore", stderr: "inherit" });
if (result.exitCode !== 0) throw new Error(`the command ended with ${result.exitCode}`);
console.log(result.resourceUsage?.maxRSS ?? 0);
