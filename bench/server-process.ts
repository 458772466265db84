import { join } from "node:path";

/** A server in a process of its own, so that nothing it does delays the one that measures. */
export interface ServerProcess<Ready> {
  /** What the server said once it could be asked. */
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** Starts a server program of this folder; it ends when its standard input does. */
export async function startServerProcess<Ready>(program: string): Promise<ServerProcess<Ready>> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, program)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let line = "";
  while (!line.endsWith("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${program} ended before it was ready`);
    line += decoder.decode(value, { stream: true });
  }
  return {
    ready: JSON.parse(line),
    stop: async () => {
      child.stdin.end();
      await child.exited;
    },
  };
}

/** For the server program: says that it is ready, then waits until it is no longer needed. */
export async function serveUntilStopped(ready: unknown): Promise<void> {
  console.log(JSON.stringify(ready));
  for await (const _ of Bun.stdin.stream()) {
    // Nothing is ever sent.
  }
}
