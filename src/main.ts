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
    openHost: async () => {
      const host = (await import("./io/machine.ts")).realHost();
      if (host.env["LETME_EXEC_OUTER"] === undefined) return host;
      const { outsideEnvironment } = await import("./commands/exec-environment.ts");
      return { ...host, env: outsideEnvironment(host.env) };
    },
  },
  process.argv.slice(2),
);
// All output is written by now. Ending at once leaves no request behind that nobody waits for, and
// half a millisecond sooner without the handlers of `exit`, of which letme has none.
(process as { reallyExit?: (code: number) => void }).reallyExit?.(code);
process.exit(code);
