import type { Host } from "../host.ts";
import { folderOf } from "../paths.ts";
import { folderError } from "./file-error.ts";

const mode = 0o700;

/** Makes a folder that only its user can look into, where there is none yet. */
export function makePrivateFolder(host: Pick<Host, "files" | "platform">, path: string): void {
  try {
    const isThere = host.files.status(path) !== undefined;
    host.files.makeDirectory(path, mode);
    // The umask may have taken bits that its user needs.
    if (!isThere && host.files.status(path)?.mode !== mode) host.files.changeMode(path, mode);
  } catch (error) {
    throw folderError(error, "make the folder", path, folderOf(path, host.platform));
  }
}
