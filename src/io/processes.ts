import { errnoOf } from "../errors.ts";
import type { Processes } from "../host.ts";
import { become } from "./become.ts";
import { endingSignals } from "./ending-signals.ts";

/** The real processes and signals. */
export const realProcesses: Processes = {
  async run(command, env) {
    const child = Bun.spawn([...command], {
      env: { ...env },
      ...{ stdin: "inherit", stdout: "pipe", stderr: "inherit" },
      // What prints without end is ended: neither credentials nor a code are longer.
      maxBuffer: 1 << 20,
    });
    const stdout = await child.stdout.text();
    return { exitCode: await child.exited, stdout };
  },
  ownCommand() {
    const onPath = Bun.which("letme");
    return onPath !== null && realPath(onPath) === realPath(process.execPath)
      ? "letme"
      : process.execPath;
  },
  become,
  get id() {
    return process.pid;
  },
  isRunning(id) {
    try {
      return process.kill(id, 0);
    } catch (error) {
      // There is one, and it is somebody else's.
      return errnoOf(error) === "EPERM";
    }
  },
  holdSignals() {
    let came: NodeJS.Signals | undefined;
    const remember = (signal: NodeJS.Signals) => {
      came ??= signal;
    };
    for (const signal of endingSignals) process.on(signal, remember);
    return {
      release() {
        for (const signal of endingSignals) process.off(signal, remember);
        // Without a handler the signal has its usual effect.
        if (came !== undefined) process.kill(process.pid, came);
      },
    };
  },
};

function realPath(path: string): string {
  return process.getBuiltinModule("node:fs").realpathSync(path);
}
