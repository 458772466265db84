import { AwsError } from "../aws/errors.ts";
import { LetmeError } from "../errors.ts";

/**
 * Has AWS's refusals say whose set-up they are about: a profile with its file and line, or a
 * variable. Advice on letme's own `mfa_arn` (where `hasMfa` does not say that it is set) and `--duration`
 * is about the profile's `mfa_serial` and `duration_seconds` then.
 */
export async function blaming<T>(
  owner: string,
  call: () => Promise<T>,
  hasMfa = false,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { hint: stated } = hasMfa ? error.withMfa() : error;
    const hint = stated
      ?.replaceAll("`mfa_arn`", "`mfa_serial`")
      .replaceAll("`--duration 1h`", "`duration_seconds = 3600` in that profile");
    throw new LetmeError(error.kind, `${owner}: ${error.message}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}
