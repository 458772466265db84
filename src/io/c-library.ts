import type { FFIFunction, Pointer } from "bun:ffi";
import type { Platform } from "../host.ts";
import { copyAttributes, copying, cString, listing, type Symbols } from "./attributes.ts";

/**
 * What letme asks the system's C library for itself, because Bun has no call for it, or a far slower
 * one. Windows has no such functions.
 */
export interface CLibrary {
  /** flock(2), exclusive and without waiting. False where another has the lock; else errors have a `code`. */
  tryLock(descriptor: number): boolean;
  /**
   * Swaps two files in one step: renameat2(2) with RENAME_EXCHANGE, macOS' renamex_np(2) with
   * RENAME_SWAP. False where that cannot be done, and then nothing was changed.
   */
  exchange(one: string, other: string): boolean;
  /**
   * Copies the extended attributes that users attach to a file, the access control list among them.
   * Does nothing on macOS. Errors have a `code`.
   */
  copyAttributes(from: string, to: string): readonly string[];
  /** localtime_r(3) of whole seconds since 1970. */
  localTime(seconds: number): CalendarTime;
  /** mktime(3): the seconds since 1970 of a local time. */
  seconds(time: CalendarTime): number;
}

/** As people write it: the month and the day from 1. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

type Ffi = typeof import("bun:ffi");

let opened: { readonly library: CLibrary | undefined } | undefined;

/** The C library, opened when it is first asked for; undefined where there is none to be had. */
export function cLibrary(platform: Platform): CLibrary | undefined {
  opened ??= { library: open(platform, () => process.getBuiltinModule("bun:ffi") as Ffi) };
  return opened.library;
}

/** The same for those who can wait: importing takes half as long as getting the module at once. */
export async function loadCLibrary(platform: Platform): Promise<CLibrary | undefined> {
  if (opened === undefined && systemOf(platform) !== undefined) {
    const ffi = await import("bun:ffi");
    opened = { library: open(platform, () => ffi) };
  }
  return cLibrary(platform);
}

/**
 * Where the C library is, by what name it is there first. What a system has not got, Bun looks for in
 * the current folder, so a name without a folder must be one that is always there: glibc is loaded
 * into this process already, and musl takes each name that begins with `libc.` for itself.
 */
export function libraryNames(platform: Platform, cpu: string): readonly string[] {
  if (platform === "darwin") return ["/usr/lib/libSystem.B.dylib"];
  if (platform !== "linux") return [];
  return ["libc.so.6", `/lib/ld-musl-${cpu === "arm64" ? "aarch64" : "x86_64"}.so.1`];
}

interface System {
  readonly swap: Readonly<Record<string, FFIFunction>>;
  readonly exchange: (symbols: Symbols, one: Uint8Array, other: Uint8Array) => boolean;
  /** To look for extended attributes; none where they are not copied. */
  readonly listing: Readonly<Record<string, FFIFunction>>;
  readonly errnoLocation: string;
  /** EWOULDBLOCK. */
  readonly wouldBlock: number;
}

// renameat2(2) has a wrapper only in newer C libraries, so it is called by its number.
const renameat2Numbers: Readonly<Record<string, number>> = { x64: 316, arm64: 276 };
const relativeToHere = -100;
const renameExchange = 2;
const renameSwap = 2;

function systemOf(platform: Platform): System | undefined {
  if (platform === "linux") {
    const number = renameat2Numbers[process.arch];
    return {
      swap: { syscall: { args: ["i64", "i32", "ptr", "i32", "ptr", "u32"], returns: "i64" } },
      exchange: ({ syscall }, one, other) =>
        number !== undefined &&
        Number(
          syscall?.(number, relativeToHere, one, relativeToHere, other, renameExchange) ?? -1,
        ) === 0,
      listing,
      errnoLocation: "__errno_location",
      wouldBlock: 11,
    };
  }
  if (platform === "darwin") {
    return {
      swap: { renamex_np: { args: ["ptr", "ptr", "u32"], returns: "i32" } },
      exchange: ({ renamex_np: swap }, one, other) => swap?.(one, other, renameSwap) === 0,
      // fcopyfile(3) could; what Finder attaches to files like these is not worth it unproven.
      listing: {},
      errnoLocation: "__error",
      wouldBlock: 35,
    };
  }
  return undefined;
}

// The same numbers on Linux and macOS.
const lockExclusive = 2;
const lockWithoutWaiting = 4;
const interrupted = 4;

function open(platform: Platform, ffi: () => Ffi): CLibrary | undefined {
  const system = systemOf(platform);
  if (system === undefined) return undefined;
  const { dlopen, read } = ffi();
  const functions: Readonly<Record<string, FFIFunction>> = {
    ...system.swap,
    ...system.listing,
    flock: { args: ["i32", "i32"], returns: "i32" },
    [system.errnoLocation]: { args: [], returns: "ptr" },
    localtime_r: { args: ["ptr", "ptr"], returns: "ptr" },
    mktime: { args: ["ptr"], returns: "i64" },
  };
  const openFunctions = (wanted: typeof functions) =>
    firstOf(
      libraryNames(platform, process.arch),
      (library) => dlopen(library, wanted).symbols as unknown as Symbols,
    );
  const symbols = openFunctions(functions);
  if (symbols === undefined) return undefined;
  const lastError = () => read.i32(symbols[system.errnoLocation]?.() as Pointer);
  const fail = (name: string): never => {
    throw Object.assign(new Error(`${name} failed`), { code: nameOf(lastError()) });
  };
  return {
    tryLock(descriptor) {
      if (symbols["flock"]?.(descriptor, lockExclusive | lockWithoutWaiting) === 0) return true;
      const errno = lastError();
      if (errno === system.wouldBlock || errno === interrupted) return false;
      return fail("flock");
    },
    exchange: (one, other) => system.exchange(symbols, cString(one), cString(other)),
    copyAttributes(from, to) {
      if (symbols["llistxattr"] === undefined) return [];
      return copyAttributes(symbols, () => openFunctions(copying) ?? {}, fail, from, to);
    },
    localTime(seconds) {
      const fields = new Int32Array(timeFields);
      symbols["localtime_r"]?.(BigInt64Array.of(BigInt(seconds)), fields);
      const field = (index: number) => fields[index] ?? 0;
      return {
        ...{ second: field(0), minute: field(1), hour: field(2) },
        ...{ day: field(3), month: field(4) + 1, year: field(5) + 1900 },
      };
    },
    seconds({ year, month, day, hour, minute, second }) {
      const fields = new Int32Array(timeFields);
      fields.set([second, minute, hour, day, month - 1, year - 1900]);
      fields[isSummerTimeField] = -1;
      return Number(symbols["mktime"]?.(fields));
    },
  };
}

/** `struct tm`: nine of `int`, then an offset and a pointer; room to spare. */
const timeFields = 20;
/** Whether it is summer time; negative: to be found out. */
const isSummerTimeField = 8;

function firstOf(libraries: readonly string[], load: (library: string) => Symbols) {
  for (const library of libraries) {
    try {
      return load(library);
    } catch {
      // Another C library, then; without any, letme does with what Bun has.
    }
  }
  return undefined;
}

function nameOf(errno: number): string {
  const { constants } = process.getBuiltinModule("node:os");
  const names = Object.entries(constants.errno);
  return names.find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
