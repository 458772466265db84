import { run } from "./cli/run.ts";
import { commands } from "./commands/index.ts";
import { writeOut } from "./io/output.ts";
import { version, versionLine } from "./version.ts";

const code = await run(
  {
    commands,
    version,
    versionLine,
    writeOut,
    writeError: async (text) => (await import("./io/error-output.ts")).writeError(text),
    openHost: async () => (await import("./io/machine.ts")).realHost(),
  },
  process.argv.slice(2),
);
// All output is written by now. Ending at once leaves no request behind that nobody waits for.
process.exit(code);
