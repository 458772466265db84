import { fileError } from "../files/file-error.ts";
import { followLinks } from "../files/links.ts";
import type { FileStatus, Host, Platform } from "../host.ts";

/** What the credentials file may let anybody do: its user alone reads and writes it. */
export const ownerOnly = 0o600;

/**
 * Sees to it that the credentials file is its user's alone, where nothing else is to be done to it;
 * gives the mode that it had before, if that was looser. A `LetmeError` where it cannot be.
 */
export function protectCredentials(
  host: Pick<Host, "files" | "platform">,
  path: string,
): number | undefined {
  let status: FileStatus | undefined;
  try {
    ({ status } = followLinks(host.files, path, host.platform));
  } catch (error) {
    throw fileError(error, "protect", path);
  }
  const mode = looseMode(host.platform, status);
  if (mode !== undefined) tighten(host, path, mode);
  return mode;
}

/** The mode of a credentials file that others may read or write; on Windows modes mean nothing. */
export function looseMode(platform: Platform, status: FileStatus | undefined): number | undefined {
  if (platform === "win32" || status === undefined) return undefined;
  return (status.mode & 0o077) === 0 ? undefined : status.mode & 0o777;
}

/** Takes from a credentials file of this mode what others may do. */
export function tighten({ files }: Pick<Host, "files">, path: string, mode: number): void {
  try {
    files.changeMode(path, mode & ownerOnly);
  } catch (error) {
    throw fileError(error, "protect", path);
  }
}
