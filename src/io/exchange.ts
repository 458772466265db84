import type { FFIFunction } from "bun:ffi";
import type { Files, Platform } from "../host.ts";

/** Swaps two files in one step; false where that cannot be done, and then nothing was changed. */
type Exchange = (one: string, other: string) => boolean;

// renameat2(2) has a wrapper only in newer C libraries, so it is called by its number.
const renameat2Numbers: Readonly<Record<string, number>> = { x64: 316, arm64: 276 };
const relativeToHere = -100;
const renameExchange = 2;
const renameSwap = 2;

/** The C libraries of Linux systems: glibc's, then musl's by its two names. */
function cLibraries(architecture: string): readonly string[] {
  const cpu = architecture === "arm64" ? "aarch64" : "x86_64";
  return ["libc.so.6", `libc.musl-${cpu}.so.1`, `/lib/ld-musl-${cpu}.so.1`];
}

/**
 * The system's own swap: Linux's renameat2(2) with RENAME_EXCHANGE, macOS' renamex_np(2) with
 * RENAME_SWAP. Windows has none for files in use. The library is opened by `loadExchange` or at the
 * first swap.
 */
export function systemExchange(platform: Platform): Pick<Files, "exchange" | "loadExchange"> {
  let opened: Exchange | undefined;
  const open = () => {
    opened ??= openExchange(platform);
    return opened;
  };
  return {
    exchange: (one, other) => open()(one, other),
    loadExchange: () => {
      open();
    },
  };
}

function openExchange(platform: Platform): Exchange {
  if (platform === "linux") {
    const number = renameat2Numbers[process.arch];
    const call = firstSymbol(cLibraries(process.arch), "syscall", {
      args: ["i64", "i32", "ptr", "i32", "ptr", "u32"],
      returns: "i64",
    });
    if (number === undefined || call === undefined) return () => false;
    return (one, other) =>
      Number(
        call(number, relativeToHere, cString(one), relativeToHere, cString(other), renameExchange),
      ) === 0;
  }
  if (platform === "darwin") {
    const call = firstSymbol(["libSystem.B.dylib"], "renamex_np", {
      args: ["ptr", "ptr", "u32"],
      returns: "i32",
    });
    if (call === undefined) return () => false;
    return (one, other) => Number(call(cString(one), cString(other), renameSwap)) === 0;
  }
  return () => false;
}

type NativeCall = (...parameters: readonly (number | Buffer)[]) => number | bigint;

function firstSymbol(
  libraries: readonly string[],
  name: string,
  signature: FFIFunction,
): NativeCall | undefined {
  const { dlopen } = process.getBuiltinModule("bun:ffi") as typeof import("bun:ffi");
  for (const library of libraries) {
    try {
      const call: unknown = dlopen(library, { [name]: signature }).symbols[name];
      return typeof call === "function" ? (call as NativeCall) : undefined;
    } catch {
      // Another C library, then; without any, files are replaced by a plain rename.
    }
  }
  return undefined;
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}
