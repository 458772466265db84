import * as fs from "node:fs";
import type { Platform } from "../host.ts";
import { folderOf } from "../paths.ts";

const root = 0;

/**
 * Gives a new file to whom its folder belongs, where root made it: under `sudo` the home may still be
 * the user's, who could neither read nor lock it from then on.
 */
export function giveToOwnerOfFolder(path: string, descriptor: number, platform: Platform): void {
  if (process.geteuid?.() !== root) return;
  const folder = fs.statSync(folderOf(path, platform));
  if (folder.uid !== root && fs.fstatSync(descriptor).uid === root) {
    fs.fchownSync(descriptor, folder.uid, folder.gid);
  }
}

/** The same for a folder that was just made; one that was replaced by a link is left alone. */
export function giveFolderToOwnerAbove(path: string, platform: Platform): void {
  if (process.geteuid?.() !== root) return;
  const above = fs.statSync(folderOf(path, platform));
  if (above.uid !== root) fs.lchownSync(path, above.uid, above.gid);
}
