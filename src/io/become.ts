// A terminal sends these to whatever runs in it, so the child has them already.
const fromTerminal = ["SIGINT", "SIGQUIT"] as const;
const toPassOn = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
// These would leave letme's memory, credentials included, in a core file; that of the child is its
// own affair.
const dumping = "SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGSEGV SIGSYS SIGXCPU".split(" ");
// Bun ignores these, so they do not end letme.
const ignored = ["SIGPIPE", "SIGXFSZ"];
const notForLetme: ReadonlySet<string | number> = new Set([...dumping, ...ignored]);

/**
 * Runs a program in letme's place, as `Processes.become` says. The terminal is shared, so that its
 * keys, its size and job control reach the program by themselves; what is sent to letme alone is
 * passed on.
 */
export async function become(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const hasTerminal = [0, 1, 2].some((descriptor) =>
    process.getBuiltinModule("node:tty").isatty(descriptor),
  );
  const early: NodeJS.Signals[] = [];
  let child: Bun.Subprocess | undefined;
  const passOn = (signal: NodeJS.Signals) => {
    if (child === undefined) early.push(signal);
    else if (child.exitCode === null) child.kill(signal);
  };
  // Without a handler letme would end before the child does.
  const ignore = () => undefined;
  const handled =
    process.platform === "win32" ? (["SIGINT"] as const) : [...fromTerminal, ...toPassOn];
  const handlers = handled.map((signal) => {
    const comesAnyway = hasTerminal && fromTerminal.some((one) => one === signal);
    return [signal, comesAnyway ? ignore : passOn] as const;
  });
  // Before there is a child: it may signal its parent at once.
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const restore = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  try {
    child = Bun.spawn([...command], {
      env: { ...env },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    });
  } catch (error) {
    restore();
    throw error;
  }
  for (const signal of early) child.kill(signal);
  const code = await child.exited;
  restore();
  const { signalCode } = child;
  // A shell says 128 and the signal's number of such an end, and so does Bun.
  if (signalCode === null || notForLetme.has(signalCode)) return code;
  // A shell that runs letme in a script looks whether a signal ended it.
  process.kill(process.pid, signalCode);
  await Bun.sleep(1000);
  return code;
}
