import type { Host } from "../../src/host.ts";
import { MemoryFiles, memoryHost } from "./memory-files.ts";

/** A machine in memory: these variables, these files, and nothing else. */
export function testHost(options: {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly now?: Date;
}): Host {
  const files = new MemoryFiles();
  for (const [path, text] of Object.entries(options.files ?? {})) files.put(path, text);
  const host = memoryHost(files);
  const { now } = options;
  return {
    ...host,
    env: options.env ?? {},
    homeDirectory: "/home/user",
    clock: now === undefined ? host.clock : { ...host.clock, now: () => now },
  };
}
