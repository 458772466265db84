import type { Invocation, Option } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import {
  checkGivenCode,
  type GivenCode,
  readTokenCode,
  type TokenCodeSources,
} from "../obtain/token-code.ts";
import type { Settings } from "../settings/settings.ts";
import { mayAsk } from "./asking.ts";

/** The option that gives the code. */
export const tokenCodeOption: Option = {
  long: ["mfa-token", "inline-mfa", "token-code"],
  value: "CODE",
  description: "the code of your MFA device, so that it is not asked for",
  variable: "LETME_MFA_TOKEN",
};

/** The MFA codes of one run: for `mfa_arn`, and for devices that source profiles name. */
export interface TokenCodes {
  /** The code of a device. A code that was given serves once, since AWS takes it once. */
  read(serialNumber: string): Promise<string>;
  /** Refuses, before anything is asked of AWS, a code that is given and is none. */
  checkGiven(): void;
  /** Where the code of `mfa_arn` comes from, after what the source's own devices took. */
  remaining(): TokenCodeSources;
  /** Refuses a code on the command line that nothing has use for. */
  checkUse(): void;
}

/** Reads codes from `--mfa-token`, `LETME_MFA_TOKEN`, `mfa_process`, or the user. */
export function tokenCodes(
  invocation: Invocation,
  settings: Pick<Settings, "mfaArn" | "mfaProcess">,
): TokenCodes {
  const { host, arguments: given } = invocation;
  const flag = given.value("mfa-token");
  const variable = host.env["LETME_MFA_TOKEN"];
  let code: GivenCode | undefined;
  if (flag !== undefined) code = { code: flag, origin: "`--mfa-token`", errorKind: "usage" };
  else if (variable !== undefined && variable !== "") {
    code = { code: variable, origin: "`LETME_MFA_TOKEN`", errorKind: "configuration" };
  }
  let used = false;
  const sources = () => ({
    given: code,
    process: settings.mfaProcess?.value,
    mayAsk: () => mayAsk(invocation),
  });
  return {
    read: async (serialNumber) => {
      const own = serialNumber === settings.mfaArn?.value && !used;
      const now = { ...sources(), device: own ? undefined : serialNumber };
      code = undefined;
      used = true;
      return (await readTokenCode(host, now)).code;
    },
    checkGiven: () => checkGivenCode(sources()),
    remaining: sources,
    checkUse: () => {
      if (flag === undefined || settings.mfaArn !== undefined || used) return;
      throw new LetmeError("usage", "an MFA code was given, and no MFA device", {
        hint: "name the device with `--mfa-arn ARN` or `mfa_arn` in letme-config",
      });
    },
  };
}
