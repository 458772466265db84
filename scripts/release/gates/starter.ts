import { existsSync } from "node:fs";
import { type Target, thisTarget } from "../../build-targets.ts";
import type { Starter } from "./running.ts";

/** How a target's binary is started on this machine, or why it cannot be. */
export function starterOf(target: Target, binary: string): Starter | { readonly why: string } {
  if (target === thisTarget()) return [binary];
  const [system, cpu, libc] = target.split("-");
  if (system !== "linux" || process.platform !== "linux") {
    return { why: `no ${system} on ${thisTarget()}` };
  }
  const name = cpu === "arm64" ? "aarch64" : "x86_64";
  const loader =
    libc === "musl"
      ? `lib/ld-musl-${name}.so.1`
      : cpu === "arm64"
        ? "lib/ld-linux-aarch64.so.1"
        : "lib64/ld-linux-x86-64.so.2";
  if (process.arch === (cpu === "arm64" ? "arm64" : "x64")) {
    return existsSync(`/${loader}`) ? [binary] : { why: `no /${loader} on this machine` };
  }
  // Where Debian and Fedora put another CPU's libraries, and where somebody else may.
  const roots = [
    process.env[`LETME_SYSROOT_${target.toUpperCase().replaceAll("-", "_")}`],
    `/usr/${name}-linux-${libc === "musl" ? "musl" : "gnu"}`,
  ];
  const root = roots.find((one) => one !== undefined && existsSync(`${one}/${loader}`));
  const qemu = Bun.which(`qemu-${name}-static`) ?? Bun.which(`qemu-${name}`);
  if (qemu === null) return { why: `no qemu-${name} on this machine` };
  return root === undefined ? { why: `no ${loader} for qemu` } : [qemu, "-L", root, binary];
}
