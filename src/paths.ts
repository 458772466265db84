import type { Host, Platform } from "./host.ts";

// Paths as text: nothing here looks at a disk. The platform is the host's, which a test may choose.

/** The folder that a path lies in, `.` for a bare name. */
export function folderOf(path: string, platform: Platform): string {
  const at = lastSeparator(path, platform);
  if (at < 0) return ".";
  const isRoot = at === 0 || (platform === "win32" && at === 2 && path[1] === ":");
  return path.slice(0, isRoot ? at + 1 : at);
}

/** The last part of a path. */
export function baseNameOf(path: string, platform: Platform): string {
  return path.slice(lastSeparator(path, platform) + 1);
}

/** A name, or names one in the other, within a folder; `..` is left for the system to follow. */
export function within(platform: Platform, folder: string, ...names: readonly string[]): string {
  const separator = separatorOf(platform);
  const last = folder[folder.length - 1] ?? "";
  const start = isSeparator(last, platform) ? folder : folder + separator;
  return start + names.join(separator);
}

/** Whether a path says where it is without regard to the current directory. */
export function isAbsolute(path: string, platform: Platform): boolean {
  if (platform !== "win32") return path.startsWith("/");
  return /^(?:[A-Za-z]:[\\/]|[\\/])/.test(path);
}

/** A leading `~` stands for the home directory, where no shell has replaced it already. */
export function expandHome(
  path: string,
  { homeDirectory, platform }: Pick<Host, "homeDirectory" | "platform">,
): string {
  if (path === "~") return homeDirectory;
  const isInHome = path[0] === "~" && isSeparator(path[1] ?? "", platform);
  return isInHome ? within(platform, homeDirectory, path.slice(2)) : path;
}

/** A path as people write it: with `~` for the home directory. */
export function shortenHome(
  path: string,
  { homeDirectory, platform }: Pick<Host, "homeDirectory" | "platform">,
): string {
  const isInHome =
    path.startsWith(homeDirectory) && isSeparator(path[homeDirectory.length] ?? "", platform);
  return isInHome ? `~${path.slice(homeDirectory.length)}` : path;
}

function separatorOf(platform: Platform): string {
  return platform === "win32" ? "\\" : "/";
}

function isSeparator(character: string, platform: Platform): boolean {
  return character === "/" || character === separatorOf(platform);
}

function lastSeparator(path: string, platform: Platform): number {
  const slash = path.lastIndexOf("/");
  return platform === "win32" ? Math.max(slash, path.lastIndexOf("\\")) : slash;
}
