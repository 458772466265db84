import type { Host } from "../host.ts";
import { fileError } from "./file-error.ts";

/** Makes a folder that only its user can look into, where there is none yet. */
export function makePrivateFolder(host: Pick<Host, "files">, path: string): void {
  try {
    host.files.makeDirectory(path, 0o700);
  } catch (error) {
    throw fileError(error, "make the folder", path);
  }
}
