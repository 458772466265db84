import { LetmeError } from "../errors.ts";
import { removeCommand, showCommand } from "../hint-commands.ts";
import type { FileStatus, Files, Platform } from "../host.ts";
import { folderOf, isAbsolute, within } from "../paths.ts";

/** More links than this in a row are a loop (Linux stops at the same number). */
const mostLinks = 40;

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
    at = isAbsolute(target, platform) ? target : within(platform, folderOf(at, platform), target);
  }
  throw new LetmeError("failed", `\`${path}\` is a symbolic link that leads back to itself`, {
    hint: `see where it points: ${showCommand(path)}`,
  });
}

function danglingLink(path: string, target: string): LetmeError {
  return new LetmeError("failed", `\`${path}\` is a link to \`${target}\`, which is not there`, {
    hint: `make the file that it points to, or remove the link: ${removeCommand(path)}`,
  });
}
