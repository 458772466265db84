import { errnoOf } from "../errors.ts";
import type { Host, Lock } from "../host.ts";
import { folderOf } from "../paths.ts";
import { makePrivateFolder } from "./private-folder.ts";

/**
 * Takes a lock by a file in a folder that only its user can look into, which is made where there is
 * none yet. Rejects as `Files.lock` does, and with a `LetmeError` where there can be no such folder.
 */
export async function takePrivateLock(
  host: Pick<Host, "files" | "platform">,
  path: string,
  timeoutMilliseconds: number,
): Promise<Lock> {
  try {
    return await host.files.lock(path, timeoutMilliseconds);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  makePrivateFolder(host, folderOf(path, host.platform));
  return host.files.lock(path, timeoutMilliseconds);
}
