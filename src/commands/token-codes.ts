import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { checkTokenCodeSources, readTokenCode } from "../obtain/token-code.ts";
import type { Settings } from "../settings/settings.ts";

/** The MFA codes of one run: for `mfa_arn`, and for devices that source profiles name. */
export interface TokenCodes {
  /** The code of a device. A code that was given serves once, since AWS takes it once. */
  read(serialNumber: string): Promise<string>;
  /** Finds, before anything is asked of AWS, that a code is none or cannot be had. */
  checkSources(): void;
  /** Whether the next code needs no asking. */
  atHand(): boolean;
  /** Refuses a code on the command line that nothing has use for. */
  checkUse(): void;
}

/** Reads codes from `--mfa-token`, `LETME_MFA_TOKEN`, `mfa_process`, or the user. */
export function tokenCodes({ host, arguments: given }: Invocation, settings: Settings): TokenCodes {
  const flag = given.value("mfa-token");
  const variable = host.env["LETME_MFA_TOKEN"];
  const ci = host.env["CI"];
  let code =
    flag !== undefined
      ? { code: flag, origin: "`--mfa-token`" }
      : variable !== undefined && variable !== ""
        ? { code: variable, origin: "`LETME_MFA_TOKEN`" }
        : undefined;
  let used = false;
  const sources = () => ({
    given: code,
    process: settings.mfaProcess?.value,
    mayAsk: () =>
      !given.on("no-input") &&
      (ci === undefined || ci === "" || ci === "false") &&
      host.terminal.canAsk(),
  });
  return {
    read: async (serialNumber) => {
      const own = serialNumber === settings.mfaArn?.value && !used;
      const now = { ...sources(), device: own ? undefined : serialNumber };
      code = undefined;
      used = true;
      return readTokenCode(host, now);
    },
    checkSources: () => checkTokenCodeSources(sources()),
    atHand: () => code !== undefined,
    checkUse: () => {
      if (flag === undefined || settings.mfaArn !== undefined || used) return;
      throw new LetmeError("usage", "an MFA code was given, and no MFA device", {
        hint: "name the device with `--mfa-arn ARN` or `mfa_arn` in letme-config",
      });
    },
  };
}
