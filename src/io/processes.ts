import type { Processes } from "../host.ts";

// A terminal sends these to whatever runs in it, so the child has them already.
const fromTerminal = ["SIGINT", "SIGQUIT"] as const;
const toPassOn = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

async function become(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const hasTerminal = [0, 1, 2].some((descriptor) =>
    process.getBuiltinModule("node:tty").isatty(descriptor),
  );
  const child = Bun.spawn([...command], {
    env: { ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const passOn = (signal: NodeJS.Signals) => {
    if (child.exitCode === null) child.kill(signal);
  };
  // Without a handler letme would end before the child does.
  const ignore = () => undefined;
  const handled =
    process.platform === "win32" ? (["SIGINT"] as const) : [...fromTerminal, ...toPassOn];
  const handlerOf = (signal: NodeJS.Signals) =>
    hasTerminal && fromTerminal.some((one) => one === signal) ? ignore : passOn;
  const handlers = handled.map((signal) => [signal, handlerOf(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const code = await child.exited;
  for (const [signal, handler] of handlers) process.off(signal, handler);
  const { signalCode } = child;
  if (signalCode === null) return code;
  // A shell that runs letme in a script looks whether a signal ended it.
  process.kill(process.pid, signalCode);
  await Bun.sleep(1000);
  return code;
}

const held = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The real processes and signals. */
export const realProcesses: Processes = {
  async run(command) {
    const child = Bun.spawn([...command], { stdin: "inherit", stdout: "pipe", stderr: "inherit" });
    const stdout = await child.stdout.text();
    return { exitCode: await child.exited, stdout };
  },
  become,
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
