import type { Invocation } from "../cli/declaration.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import { takePrivateLock } from "../files/private-lock.ts";
import type { Lock } from "../host.ts";
import { within } from "../paths.ts";
import type { Settings } from "../settings/settings.ts";

// Another letme is soon done, unless it waits for somebody to type a code.
const patientMilliseconds = 700;
const longestMilliseconds = 10 * 60_000;

/**
 * Takes turns with other letmes that are about the same: of all that start from one identity (source
 * and MFA device), one asks for the code and makes the calls, and the others then find what it got;
 * so too with those that are to write one profile, or to assume the roles of one source profile. The
 * kernel ends a turn with its process. Undefined where there can be no turns: then each asks for
 * itself.
 */
export async function takeTurn(
  { host, report }: Invocation,
  settings: Pick<Settings, "paths">,
  about: "identity" | "profile" | "source",
  which: string,
): Promise<Lock | undefined> {
  const name = `.${about}-${bucketOf(which)}.lock`;
  const path = within(host.platform, settings.paths.home, name);
  try {
    return await takePrivateLock(host, path, patientMilliseconds);
  } catch (error) {
    if (errnoOf(error) !== "ELOCKED") return undefined;
  }
  report.progress("Another letme is asking for the same source or profile: waiting for it");
  try {
    return await host.files.lock(path, longestMilliseconds);
  } catch (error) {
    if (errnoOf(error) !== "ELOCKED") return undefined;
    throw new LetmeError("failed", "another letme has been at it for 10 minutes", {
      hint: "it probably waits for an MFA code: finish or stop it, then run the command again",
    });
  }
}

/** One of 256 lock files, so that they do not grow in number with every key that ever was. */
function bucketOf(which: string): string {
  return new Bun.CryptoHasher("sha256").update(which).digest("hex").slice(0, 2);
}
