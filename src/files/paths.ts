import { LetmeError } from "../errors.ts";
import type { FileStatus, Files, Platform } from "../host.ts";

/** More links than this in a row are a loop (Linux stops at the same number). */
const mostLinks = 40;

/** The folder that a path lies in, `.` for a bare name; nothing is looked up. */
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

/** A name within a folder, with the platform's separator; `..` is left for the system to follow. */
export function within(folder: string, name: string, platform: Platform): string {
  const last = folder[folder.length - 1];
  if (last === "/" || (platform === "win32" && last === "\\")) return folder + name;
  return folder + (platform === "win32" ? "\\" : "/") + name;
}

/** Where the bytes of a path are, or will be. */
export interface Target {
  readonly path: string;
  /** Undefined where there is nothing yet. */
  readonly status: FileStatus | undefined;
}

/**
 * Where the bytes of `path` really are: symbolic links followed, so that a rename replaces the file
 * and keeps the link. A link that leads to nothing is a `LetmeError`: making a file at its end would
 * be a guess about somebody's set-up.
 */
export function followLinks(files: Pick<Files, "entry">, path: string, platform: Platform): Target {
  let at = path;
  for (let links = 0; links <= mostLinks; links += 1) {
    const entry = files.entry(at);
    if (entry?.kind !== "link") {
      if (links > 0 && entry === undefined) throw danglingLink(path, at);
      return { path: at, status: entry };
    }
    const { target } = entry;
    at = isAbsolute(target, platform) ? target : within(folderOf(at, platform), target, platform);
  }
  throw new LetmeError("failed", `\`${path}\` is a symbolic link that leads back to itself`, {
    hint: `see where it points: ls -l ${path}`,
  });
}

function danglingLink(path: string, target: string): LetmeError {
  return new LetmeError("failed", `\`${path}\` is a link to \`${target}\`, which is not there`, {
    hint: `make the file that it points to, or remove the link: rm ${path}`,
  });
}

function isAbsolute(path: string, platform: Platform): boolean {
  if (platform !== "win32") return path.startsWith("/");
  return /^(?:[A-Za-z]:[\\/]|[\\/])/.test(path);
}

function lastSeparator(path: string, platform: Platform): number {
  const slash = path.lastIndexOf("/");
  return platform === "win32" ? Math.max(slash, path.lastIndexOf("\\")) : slash;
}
