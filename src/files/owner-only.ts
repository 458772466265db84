import type { FileStatus, Host, Platform } from "../host.ts";
import { fileError } from "./file-error.ts";

/** What a file with secrets in it may let anybody do: its user alone reads and writes it. */
export const ownerOnly = 0o600;

/** The mode of a file that others may read or write; on Windows modes mean nothing. */
export function looseMode(platform: Platform, status: FileStatus | undefined): number | undefined {
  if (platform === "win32" || status === undefined) return undefined;
  return (status.mode & 0o077) === 0 ? undefined : status.mode & 0o777;
}

/** Takes from a file of this mode what others may do. Throws a `LetmeError` where that cannot be. */
export function tighten({ files }: Pick<Host, "files">, path: string, mode: number): void {
  try {
    files.changeMode(path, mode & ownerOnly);
  } catch (error) {
    throw fileError(error, "protect", path);
  }
}

/** What to say of a file that was made its user's alone. */
export function tightenedNotice(path: string, modeBefore: number): string {
  return `${path} could be read by others (mode ${octal(modeBefore)}): it is 0600 now`;
}

/** A mode as people write it, as in `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
