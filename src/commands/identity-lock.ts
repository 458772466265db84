import { join } from "node:path";
import type { Invocation } from "../cli/declaration.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import { makePrivateFolder } from "../files/private-folder.ts";
import type { Lock } from "../host.ts";
import type { Settings } from "../settings/settings.ts";

// Another letme is soon done, unless it waits for somebody to type a code.
const patientMilliseconds = 700;
const longestMilliseconds = 10 * 60_000;

/**
 * The lock of an identity: of all letmes that start from the same source with the same MFA device,
 * one asks for the code and makes the calls, and the others then find what it got. The kernel frees
 * it when its holder ends, however that ends. Undefined where there can be no lock: then each asks
 * for itself.
 */
export async function lockIdentity(
  { host, report }: Invocation,
  settings: Settings,
  identity: string,
): Promise<Lock | undefined> {
  const { home } = settings.paths;
  const path = join(home, `.identity-${bucketOf(identity)}.lock`);
  try {
    makePrivateFolder(host, home);
    return await host.files.lock(path, patientMilliseconds);
  } catch (error) {
    if (errnoOf(error) !== "ELOCKED") return undefined;
  }
  report.progress("Another letme is getting credentials from the same source: waiting for it");
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
function bucketOf(identity: string): string {
  return new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 2);
}
