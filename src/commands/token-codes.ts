import type { Invocation, Option } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import type { CodeDesk } from "../obtain/code-desk.ts";
import { checkGivenCode, type GivenCode, type TokenCodeSources } from "../obtain/token-code.ts";
import type { Settings } from "../settings/settings.ts";
import type { SourceCredentials, SpendTokenCode } from "../source/source.ts";
import { openState } from "../state/state.ts";
import { mayAsk, waitForCode } from "./asking.ts";

/** The option that gives the code. */
export const tokenCodeOption: Option = {
  long: ["mfa-token", "inline-mfa", "token-code"],
  value: "CODE",
  description: "the code of your MFA device, so that it is not asked for",
  variable: "LETME_MFA_TOKEN",
};

/** The MFA codes of one run: for `mfa_arn`, and for devices that source profiles name. */
export interface TokenCodes {
  /**
   * Does a request with a code of a device that was not sent before. A code that was given serves
   * once, for whichever device comes first, since AWS takes it once.
   */
  readonly spend: SpendTokenCode;
  /** Has this done from now on before the user is asked, or told to wait for the next code. */
  before(act: (what: "asking" | "waiting") => void): void;
  /** Refuses, before anything is asked of AWS, a code that is given and is none. */
  checkGiven(): void;
  /** Refuses a code on the command line that nothing has use for, this source neither. */
  checkUse(source: Pick<SourceCredentials, "byCode">): void;
}

/** Reads codes from `--mfa-token`, `LETME_MFA_TOKEN`, `mfa_process`, or the user. */
export function tokenCodes(
  invocation: Invocation,
  settings: Pick<Settings, "mfaArn" | "mfaProcess" | "paths">,
): TokenCodes {
  const { host, report, arguments: given } = invocation;
  const flag = given.value("mfa-token");
  const variable = host.env["LETME_MFA_TOKEN"];
  let code: GivenCode | undefined;
  if (flag !== undefined) code = { code: flag, origin: "`--mfa-token`", errorKind: "usage" };
  else if (variable !== undefined && variable !== "") {
    code = { code: variable, origin: "`LETME_MFA_TOKEN`", errorKind: "configuration" };
  }
  let isTaken = false;
  let act: Parameters<TokenCodes["before"]>[0] = () => undefined;
  const sources = (device?: string): TokenCodeSources => ({
    given: isTaken ? undefined : code,
    served: isTaken ? code : undefined,
    process: settings.mfaProcess?.value,
    mayAsk: () => mayAsk(invocation),
    device,
  });
  const openDesks = async () => {
    const [{ openCodeDesk }, { openCodeRecord }] = await Promise.all([
      import("../obtain/code-desk.ts"),
      import("../obtain/code-reuse.ts"),
    ]);
    const state = openState(host, settings.paths.state, report.warn, "unknown");
    const record = openCodeRecord(state);
    return (serialNumber: string) => {
      const device = serialNumber === settings.mfaArn?.value ? undefined : serialNumber;
      return openCodeDesk({
        ...{ host, serialNumber, record },
        sources: () => sources(device),
        onGiven: (now) => {
          isTaken = now;
        },
        onAsking: () => act("asking"),
        // Whoever is asked must know why, however quiet it is to be.
        tell: report.warn,
        countDown: (milliseconds) => {
          act("waiting");
          return waitForCode(invocation, milliseconds);
        },
      });
    };
  };
  let opening: ReturnType<typeof openDesks> | undefined;
  const desks = new Map<string, CodeDesk>();
  return {
    spend: async (serialNumber, send) => {
      opening ??= openDesks();
      const open = await opening;
      const desk = desks.get(serialNumber) ?? open(serialNumber);
      desks.set(serialNumber, desk);
      return desk.spend(send);
    },
    before: (other) => {
      act = other;
    },
    checkGiven: () => checkGivenCode(sources()),
    checkUse: ({ byCode }) => {
      if (flag === undefined || settings.mfaArn !== undefined || byCode === true) return;
      throw new LetmeError("usage", "an MFA code was given, and no MFA device", {
        hint: "name the device with `--mfa-arn ARN` or `mfa_arn` in letme-config",
      });
    },
  };
}
