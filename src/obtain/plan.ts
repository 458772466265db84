import type { Account } from "../registry/account.ts";
import { defaultSessionName, sharedSessionName } from "./session-name.ts";

/** How an account's credentials are come by: its roles, one after the other. */
export interface RoleChain {
  readonly account: Account;
  readonly contextName: string;
  readonly hops: readonly Hop[];
  /** Whether the wanted duration was cut to what AWS gives for a chain. */
  readonly capped: boolean;
  /** That of the last hop, which the account's CloudTrail shows. */
  readonly roleSessionName: string;
  /** What the credentials stand for, as a SHA-256 in hexadecimal digits. */
  readonly digest: string;
  /** Its first 8 digits, which a block shows. */
  readonly fingerprint: string;
}

/** One AssumeRole of a chain. */
export interface Hop {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
}

/** What a chain is made from, beside the account. */
export interface PlanOptions {
  readonly contextName: string;
  readonly sourceIdentity: string;
  /** Whether the source's own credentials are temporary: AWS then counts every hop as chained. */
  readonly sourceIsTemporary: boolean;
  /** Where STS is asked, if that is not AWS's own endpoint. */
  readonly ownStsUrl: string | undefined;
  readonly sessionName: string | undefined;
  readonly durationSeconds: number;
}

/**
 * The longest session that AWS gives to a role assumed with temporary credentials
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
 */
export const chainedSeconds = 3600;

/**
 * Plans the hops to an account's role. Where no session name is set, only the last hop is named after
 * the account: those before it may be shared with other accounts, now or later.
 */
export function planChain(account: Account, options: PlanOptions): RoleChain {
  const chained = account.roles.length > 1 || options.sourceIsTemporary;
  const seconds = chained
    ? Math.min(options.durationSeconds, chainedSeconds)
    : options.durationSeconds;
  const last = account.roles.length - 1;
  const roleSessionName = options.sessionName ?? defaultSessionName(account.name);
  const digest = digestOf([
    options.contextName,
    options.sourceIdentity,
    roleSessionName,
    String(seconds),
    ...account.roles,
    ...(options.ownStsUrl === undefined ? [] : [options.ownStsUrl]),
  ]);
  return {
    account,
    contextName: options.contextName,
    hops: account.roles.map((roleArn, index) => ({
      roleArn,
      roleSessionName:
        index === last ? roleSessionName : (options.sessionName ?? sharedSessionName),
      durationSeconds: index === last ? seconds : chainedSeconds,
    })),
    capped: seconds < options.durationSeconds,
    roleSessionName,
    digest,
    fingerprint: digest.slice(0, 8),
  };
}

/** Parts are written as JSON, so that no two lists of parts look the same. */
function digestOf(parts: readonly string[]): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(parts)).digest("hex");
}
