import { createHmac, randomBytes } from "node:crypto";
import type { StandInClock } from "./clock.ts";
import type { Principal } from "./identities.ts";

const STEP_SECONDS = 30;

interface Device {
  readonly secret: Uint8Array;
  readonly fixedCodes: Set<string>;
  /** Steps whose code was used. */
  readonly usedSteps: Set<number>;
}

/** The MFA devices: TOTP (RFC 6238, SHA-1, six digits, 30 seconds) and lists of fixed codes. */
export class MfaDevices {
  private readonly devices = new Map<string, Device>();
  private readonly clock: StandInClock;

  constructor(clock: StandInClock) {
    this.clock = clock;
  }

  add(principal: Principal): void {
    if (principal.mfaSerial === undefined) return;
    this.devices.set(principal.mfaSerial, {
      secret:
        principal.mfaSecret === undefined
          ? randomBytes(20)
          : new TextEncoder().encode(principal.mfaSecret),
      fixedCodes: new Set(principal.mfaCodes ?? []),
      usedSteps: new Set(),
    });
  }

  /** What the device shows now, by the stand-in's clock; used already or not. */
  currentCode(serialNumber: string): string {
    const device = this.devices.get(serialNumber);
    if (device === undefined) throw new Error(`No MFA device ${serialNumber}.`);
    return totp(device.secret, this.currentStep());
  }

  /**
   * Whether the code is right and fresh; from then on it is used. The codes of the step before and
   * after count too, as AWS allows for slow hands and clocks, each of them once: so a test may take
   * a code at the very end of a step.
   */
  use(serialNumber: string, tokenCode: string): boolean {
    const device = this.devices.get(serialNumber);
    if (device === undefined) return false;
    if (device.fixedCodes.delete(tokenCode)) return true;
    const now = this.currentStep();
    for (const step of [now, now - 1, now + 1]) {
      if (!device.usedSteps.has(step) && totp(device.secret, step) === tokenCode) {
        device.usedSteps.add(step);
        return true;
      }
    }
    return false;
  }

  private currentStep(): number {
    return Math.floor(this.clock.now().getTime() / 1000 / STEP_SECONDS);
  }
}

/** The six-digit code of one step (RFC 4226 over RFC 6238's counter). */
export function totp(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const binary = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(binary % 1_000_000).padStart(6, "0");
}
