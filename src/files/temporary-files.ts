import type { Host } from "../host.ts";
import { baseNameOf, folderOf, within } from "../paths.ts";

const temporarySuffix = ".tmp";

function temporaryPrefix(baseName: string): string {
  return `.${baseName}.letme-`;
}

/** A new name beside a target, hidden and to be known again by its form. */
export function temporaryName(host: Pick<Host, "clock" | "platform">, target: string): string {
  const token = Math.floor(host.clock.random() * 0x1_0000_0000_0000).toString(36);
  const name = temporaryPrefix(baseNameOf(target, host.platform)) + token + temporarySuffix;
  return within(host.platform, folderOf(target, host.platform), name);
}

/**
 * Removes the temporary files that a crashed letme left beside these targets, in which links are
 * followed already. Call it only under the lock that all their writers hold. What cannot be listed
 * or removed is left.
 */
export function removeLeftovers(
  host: Pick<Host, "files" | "platform">,
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
        if (name.startsWith(prefix) && name.endsWith(temporarySuffix)) {
          removeQuietly(host, within(platform, folder, name));
        }
      }
    } catch {
      // No folder, no leftovers; and what hinders the listing will hinder the writing, which tells.
    }
  }
}

/** Removes a temporary file, if it can be removed. */
export function removeQuietly(host: Pick<Host, "files">, path: string): void {
  try {
    host.files.remove(path);
  } catch {
    // It is cleaned up by the next run; the first error is the one to tell.
  }
}
