import type { FileStatus, Host } from "../host.ts";

/** For so long an empty file may be one that another program has emptied to write it anew. */
const fillingMilliseconds = 1000;
const pauseMilliseconds = 20;

/** How often at most it is worth looking again whether such a file is filled by now. */
export const mostLooks = fillingMilliseconds / pauseMilliseconds;

/**
 * Whether a file is empty since a moment ago: programs that write in place empty it first, and what
 * would be put in its place then would lose what they are about to write.
 */
export function isJustEmptied(
  { clock }: Pick<Host, "clock">,
  status: FileStatus | undefined,
): boolean {
  if (status?.kind !== "file" || status.size > 0) return false;
  const age = clock.now().getTime() - status.modifiedMilliseconds;
  return age >= 0 && age < fillingMilliseconds;
}

/** A pause before the next look. */
export function letItBeFilled({ clock }: Pick<Host, "clock">): Promise<void> {
  return clock.sleep(pauseMilliseconds);
}
