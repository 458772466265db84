import { randomBytes } from "node:crypto";
import type { StandInClock } from "./clock.ts";

/** Somebody with keys: an IAM user, or whoever holds temporary credentials given here. */
export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `arn:aws:iam::111111111111:user/alice`, or an assumed-role session's. */
  readonly arn: string;
  /** Makes the credentials temporary. */
  readonly sessionToken?: string;
  readonly expiration?: Date;
  /** ARN of the user's MFA device; see `mfaCodes` and `mfaSecret` for its codes. */
  readonly mfaSerial?: string;
  /** Codes the device has shown, each good once ever, beside those of its TOTP secret. */
  readonly mfaCodes?: readonly string[];
  /** The TOTP secret (raw bytes as text); one is made up where none is given. */
  readonly mfaSecret?: string;
  /** false: every DynamoDB operation is denied. */
  readonly dynamodb?: boolean;
}

/** A role and who may assume it. */
export interface Role {
  readonly arn: string;
  /**
   * ARNs of users, of roles (their sessions count), of an account's root (anybody in it), of an
   * OIDC provider; or `*`.
   */
  readonly trusts: readonly string[];
  /** Seconds, 3600 where not given. */
  readonly maxSessionDuration?: number;
  readonly externalId?: string;
  /** Trusts only callers with MFA. */
  readonly requireMfa?: boolean;
  /** false: sessions of this role are denied every DynamoDB operation. */
  readonly dynamodb?: boolean;
}

/** What a valid signature proves: who calls, and with what kind of credentials. */
export interface Identity {
  readonly kind: "long-term" | "session" | "assumed-role";
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  expiration: Date | undefined;
  /** As GetCallerIdentity says it. */
  readonly arn: string;
  readonly userId: string;
  /** The ARN that a trust policy names: the role's for its sessions. */
  readonly trustArn: string;
  readonly mfaSerial: string | undefined;
  /** The session was made with MFA. */
  readonly mfaPresent: boolean;
  readonly dynamodb: boolean;
}

/** Every access key that the stand-in knows, and every role. */
export class Identities {
  private readonly byAccessKeyId = new Map<string, Identity>();
  private readonly roles = new Map<string, Role>();
  private readonly clock: StandInClock;

  constructor(clock: StandInClock) {
    this.clock = clock;
  }

  addPrincipal(principal: Principal): void {
    const assumed = principal.arn.includes(":assumed-role/");
    const temporary = principal.sessionToken !== undefined;
    this.byAccessKeyId.set(principal.accessKeyId, {
      kind: assumed ? "assumed-role" : temporary ? "session" : "long-term",
      accessKeyId: principal.accessKeyId,
      secretAccessKey: principal.secretAccessKey,
      sessionToken: principal.sessionToken,
      expiration: principal.expiration,
      arn: principal.arn,
      userId: uniqueId(assumed ? "AROA" : "AIDA", principal.arn),
      trustArn: assumed ? roleArnOfSession(principal.arn) : principal.arn,
      mfaSerial: principal.mfaSerial,
      mfaPresent: false,
      dynamodb: principal.dynamodb ?? true,
    });
  }

  addRole(role: Role): void {
    this.roles.set(role.arn, role);
  }

  removeRole(arn: string): void {
    this.roles.delete(arn);
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  find(accessKeyId: string): Identity | undefined {
    return this.byAccessKeyId.get(accessKeyId);
  }

  /** New temporary credentials, shaped as AWS's, good for `durationSeconds`. */
  issue(
    identity: Pick<
      Identity,
      "kind" | "arn" | "userId" | "trustArn" | "mfaSerial" | "mfaPresent" | "dynamodb"
    >,
    durationSeconds: number,
  ): Identity & { readonly sessionToken: string; expiration: Date } {
    // Whole seconds: STS sends no fraction, and the credentials live exactly as long as it says.
    const end = Math.floor(this.clock.now().getTime() / 1000) + durationSeconds;
    const issued = {
      ...identity,
      accessKeyId: `ASIA${base32(randomBytes(10))}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(309).toString("base64")}`,
      expiration: new Date(end * 1000),
    };
    this.byAccessKeyId.set(issued.accessKeyId, issued);
    return issued;
  }

  /** From now on all temporary credentials are expired ones. */
  expireAll(): void {
    for (const identity of this.byAccessKeyId.values()) {
      if (identity.sessionToken !== undefined) {
        identity.expiration = new Date(this.clock.now().getTime() - 1000);
      }
    }
  }

  isExpired(identity: Identity): boolean {
    return identity.expiration !== undefined && identity.expiration <= this.clock.now();
  }
}

/** The account number in an ARN. */
export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** `AROA…`, `AIDA…`: the same for the same ARN. */
export function uniqueId(prefix: "AROA" | "AIDA", arn: string): string {
  const digest = new Bun.CryptoHasher("sha256").update(arn).digest();
  return prefix + base32(digest.subarray(0, 11)).slice(0, 17);
}

/** The ARN of a session of a role: `assumed-role`, the role's name without its path. */
export function sessionArn(roleArn: string, roleSessionName: string): string {
  const [arn, partition, , , account, resource = ""] = roleArn.split(":");
  const roleName = resource.split("/").at(-1) ?? "";
  return `${arn}:${partition}:sts::${account}:assumed-role/${roleName}/${roleSessionName}`;
}

function roleArnOfSession(arn: string): string {
  const [prefix, partition, , , account, resource = ""] = arn.split(":");
  return `${prefix}:${partition}:iam::${account}:role/${resource.split("/")[1] ?? ""}`;
}

function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  let text = "";
  for (let at = 0; at + 5 <= bits.length; at += 5) {
    text += alphabet.charAt(Number.parseInt(bits.slice(at, at + 5), 2));
  }
  return text;
}
