import type { Host } from "../host.ts";
import { baseNameOf, folderOf, within } from "../paths.ts";

const temporarySuffix = ".tmp";

function temporaryPrefix(baseName: string): string {
  return `.${baseName}.letme-`;
}

/** A new name beside a target, hidden and to be known again by its form, which says whose it is. */
export function temporaryName(
  { clock, platform, processes }: Pick<Host, "clock" | "platform" | "processes">,
  target: string,
): string {
  const token = Math.floor(clock.random() * 0x1_0000_0000_0000).toString(36);
  const prefix = temporaryPrefix(baseNameOf(target, platform));
  const name = `${prefix}${processes.id}-${token}${temporarySuffix}`;
  return within(platform, folderOf(target, platform), name);
}

/**
 * Removes the temporary files that a crashed letme left beside these targets, in which links are
 * followed already. Call it under the lock that all their writers hold, and before writing. A file
 * whose process is running stays all the same: with another `LETME_HOME` a letme has another lock.
 * What cannot be listed or removed is left.
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
        if (!name.startsWith(prefix) || !name.endsWith(temporarySuffix)) continue;
        const writer = Number.parseInt(name.slice(prefix.length), 10);
        if (!isOther(host, writer)) {
          removeQuietly(host, within(platform, folder, name));
        }
      }
    } catch {
      // No folder, no leftovers; and what hinders the listing will hinder the writing, which tells.
    }
  }
}

/** Whether a process is running and not this one, which in a container may have its forerunner's number. */
function isOther({ processes }: Pick<Host, "processes">, id: number): boolean {
  return id > 0 && id !== processes.id && processes.isRunning(id);
}

/** Removes a temporary file, if it can be removed. */
export function removeQuietly(host: Pick<Host, "files">, path: string): void {
  try {
    host.files.remove(path);
  } catch {
    // It is cleaned up by the next run; the first error is the one to tell.
  }
}
