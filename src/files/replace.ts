import { errnoOf } from "../errors.ts";
import type { Host } from "../host.ts";

type ReplacingHost = Pick<Host, "files" | "clock" | "platform">;

/** What must stand in the target for a commit to be right. */
export interface Expected {
  /** Asked right before the rename, with nothing in between. */
  readonly isThere: () => boolean;
  /** The target's bytes; undefined where there must be no file. */
  readonly bytes: Uint8Array | undefined;
}

/** How long a rename on Windows is tried again when another program has the file open. */
const sharingViolationWaits = [10, 20, 40, 80, 160, 320, 500, 500, 500];

/**
 * How a replacement ended. After `swapped` the temporary file is what the target was before; after
 * `changed` by another program it is what it was, and so is the target.
 */
export type Replacement = "renamed" | "swapped" | "changed";

/**
 * Puts the temporary file in the target's place, if there stands what is expected. Windows refuses
 * that while an indexer, a scanner or an editor has the target open, and some let nobody read it
 * meanwhile, so there it is tried again.
 */
export async function replacePatiently(
  host: ReplacingHost,
  temporary: string,
  target: string,
  expected: Expected | undefined,
): Promise<Replacement> {
  for (const wait of [...(host.platform === "win32" ? sharingViolationWaits : []), undefined]) {
    try {
      if (expected !== undefined && !expected.isThere()) return "changed";
      return replace(host, temporary, target, expected?.bytes);
    } catch (error) {
      if (wait === undefined || !isSharingViolation(error)) throw error;
      await host.clock.sleep(wait);
    }
  }
  return "changed";
}

/**
 * Between the last look at the target and its rename another program may still rename its own file
 * there, which would be lost. So the two files are swapped where the system can: what was replaced
 * is then there to be compared, and is put back where it is not what was expected.
 */
function replace(
  host: ReplacingHost,
  temporary: string,
  target: string,
  expected: Uint8Array | undefined,
): Replacement {
  const { files } = host;
  if (expected === undefined || !files.exchange(temporary, target)) {
    files.rename(temporary, target);
    return "renamed";
  }
  if (holdsSurely(files, temporary, expected)) return "swapped";
  files.exchange(temporary, target);
  return "changed";
}

/** What came meanwhile may be a pipe, or closed to letme: it is another's all the more. */
function holdsSurely(files: Host["files"], path: string, bytes: Uint8Array): boolean {
  try {
    return files.holds(path, bytes);
  } catch {
    return false;
  }
}

function isSharingViolation(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "EPERM" || errno === "EACCES" || errno === "EBUSY";
}
