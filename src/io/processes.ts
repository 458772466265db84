import type { Processes } from "../host.ts";

const held = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The real processes and signals. */
export const realProcesses: Processes = {
  async run(command) {
    const child = Bun.spawn([...command], { stdin: "inherit", stdout: "pipe", stderr: "inherit" });
    const stdout = await child.stdout.text();
    return { exitCode: await child.exited, stdout };
  },
  holdSignals() {
    let came: NodeJS.Signals | undefined;
    const remember = (signal: NodeJS.Signals) => {
      came ??= signal;
    };
    for (const signal of held) process.on(signal, remember);
    return {
      release() {
        for (const signal of held) process.off(signal, remember);
        // Without a handler the signal has its usual effect.
        if (came !== undefined) process.kill(process.pid, came);
      },
    };
  },
};
