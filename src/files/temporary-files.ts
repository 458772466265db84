import type { Host } from "../host.ts";
import { baseNameOf, folderOf, within } from "../paths.ts";
import { followLinks } from "./links.ts";

/** A random number below 2^48 in base 36, always this long. */
const tokenLength = 10;

function temporaryPrefix(baseName: string): string {
  return `.${baseName}.letme-`;
}

/** What stands behind the prefix: the number of the process, and the token. */
const restOfName = new RegExp(`^([1-9]\\d*)-[0-9a-z]{${tokenLength}}\\.tmp$`);

/** A new name beside a target, hidden and to be known again by its form, which says whose it is. */
export function temporaryName(
  { clock, platform, processes }: Pick<Host, "clock" | "platform" | "processes">,
  target: string,
): string {
  const random = Math.floor(clock.random() * 0x1_0000_0000_0000);
  const token = random.toString(36).padStart(tokenLength, "0");
  const name = `${temporaryPrefix(baseNameOf(target, platform))}${processes.id}-${token}.tmp`;
  return within(platform, folderOf(target, platform), name);
}

/**
 * Removes the temporary files that a crashed letme left beside these targets, in which links are
 * followed already. Call it before writing, under the lock of the writers where they have one. Only
 * names that `temporaryName` gives are letme's. A file whose process is running stays: not all have
 * a lock, and with another `LETME_HOME` it is another. What cannot be listed or removed is left.
 */
export function removeLeftovers(
  host: Pick<Host, "files" | "platform" | "processes">,
  targets: readonly string[],
): void {
  const { files, platform } = host;
  const lists = new Map<string, readonly string[]>();
  for (const target of targets) {
    const folder = folderOf(target, platform);
    const prefix = temporaryPrefix(baseNameOf(target, platform));
    try {
      const names = lists.get(folder) ?? files.list(folder);
      lists.set(folder, names);
      for (const name of names) {
        if (!name.startsWith(prefix)) continue;
        const writer = restOfName.exec(name.slice(prefix.length))?.[1];
        // People name their copies as they like, `.credentials.letme-backup.tmp` for one.
        if (writer === undefined || isOther(host, Number(writer))) continue;
        removeQuietly(host, within(platform, folder, name));
      }
    } catch {
      // No folder, no leftovers; and what hinders the listing will hinder the writing, which tells.
    }
  }
}

/** The same for paths in which links are not followed yet. */
export function removeLeftoversOf(
  host: Pick<Host, "files" | "platform" | "processes">,
  paths: readonly string[],
): void {
  const targets = paths.flatMap((path) => {
    try {
      return [followLinks(host.files, path, host.platform).path];
    } catch {
      // A link that leads nowhere: the writing tells.
      return [];
    }
  });
  removeLeftovers(host, targets);
}

/** Whether a process is running and not this one, which in a container may have its forerunner's number. */
function isOther({ processes }: Pick<Host, "processes">, id: number): boolean {
  return id !== processes.id && processes.isRunning(id);
}

/** Removes a temporary file, if it can be removed. */
export function removeQuietly(host: Pick<Host, "files">, path: string): void {
  try {
    host.files.remove(path);
  } catch {
    // It is cleaned up by the next run; the first error is the one to tell.
  }
}
