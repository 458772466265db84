import { fileError } from "../files/file-error.ts";
import { followLinks } from "../files/links.ts";
import { looseMode, tighten } from "../files/owner-only.ts";
import type { FileStatus, Host } from "../host.ts";

/**
 * Sees to it that the credentials file is its user's alone, where nothing else is to be done to it;
 * gives the mode that it had before, if that was looser. A `LetmeError` where it cannot be.
 */
export function protectCredentials(
  host: Pick<Host, "files" | "platform">,
  path: string,
): number | undefined {
  let status: FileStatus | undefined;
  try {
    ({ status } = followLinks(host.files, path, host.platform));
  } catch (error) {
    throw fileError(error, "protect", path);
  }
  const mode = looseMode(host.platform, status);
  if (mode !== undefined) tighten(host, path, mode);
  return mode;
}
