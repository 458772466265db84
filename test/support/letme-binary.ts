import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The compiled binary for this machine: `dist/<target>/letme` of this project, or the one that
 * LETME_BINARY names. Throws where there is none.
 */
export function letmeBinary(): string {
  const path =
    process.env["LETME_BINARY"] ??
    resolve(
      import.meta.dir,
      "../../dist",
      hostTarget(),
      process.platform === "win32" ? "letme.exe" : "letme",
    );
  if (!existsSync(path)) throw new Error(`No binary at ${path}: run \`bun run build\` first.`);
  return resolve(path);
}

/** `linux-x64`, `linux-arm64-musl`, `darwin-arm64`, `windows-x64`, …: Bun's name for this machine. */
export function hostTarget(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}-${process.arch}${isMusl() ? "-musl" : ""}`;
}

/** Bun itself is linked against the machine's C library: its ELF header names the loader. */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  const head = Buffer.alloc(4096);
  const file = openSync(process.execPath, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.includes("/ld-musl-");
}
