import { errnoOf, LetmeError } from "../errors.ts";
import { makeWritableCommand, showCommand } from "../hint-commands.ts";
import type { FileStatus, Host } from "../host.ts";
import { folderOf } from "../paths.ts";
import { fileError, folderError } from "./file-error.ts";
import { followLinks, type Target } from "./links.ts";

/**
 * Finds, without writing anything, what would surely hinder a write: a folder or a device in the
 * file's place, a link that leads nowhere, a file or a folder that is read-only. A `LetmeError` of
 * kind `failed`.
 */
export function checkWritable(host: Pick<Host, "files" | "platform">, path: string): void {
  let target: Target;
  try {
    target = followLinks(host.files, path, host.platform);
    refuseUnwritable(path, target.status);
  } catch (error) {
    throw fileError(error, "write", path);
  }
  checkFolder(host, folderOf(target.path, host.platform));
}

/** The same for a folder to write into; of one that is not there yet, for where it is to be made. */
export function checkFolder(host: Pick<Host, "files" | "platform">, path: string): void {
  try {
    host.files.checkFolder(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "EACCES" || errno === "EROFS") {
      throw folderError(error, "write into the folder", path, path);
    }
    const parent = folderOf(path, host.platform);
    // What else may be wrong, the writing itself tells.
    if (errno === "ENOENT" && parent !== path) checkFolder(host, parent);
  }
}

/**
 * A rename needs only the folder to be writable, so it would replace a file that somebody made
 * read-only on purpose.
 */
export function refuseUnwritable(path: string, status: FileStatus | undefined): void {
  if (status === undefined) return;
  if (status.kind === "directory") {
    throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  }
  if (status.kind === "other") {
    throw new LetmeError("failed", `cannot write \`${path}\`: it is not a regular file`, {
      hint: `see what it is: ${showCommand(path)}`,
    });
  }
  if ((status.mode & 0o200) === 0) {
    throw new LetmeError("failed", `cannot write \`${path}\`: it is read-only`, {
      hint: `make it writable: ${makeWritableCommand(path)}`,
    });
  }
}
