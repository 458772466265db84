import type { AwsClient } from "../aws/client.ts";
import type { Credentials, TemporaryCredentials } from "../aws/credentials.ts";
import { assumeRole } from "../aws/sts.ts";
import { LetmeError } from "../errors.ts";
import type { RoleChain } from "./plan.ts";

/** What assuming a chain needs from outside. */
export interface AssumeOptions {
  readonly client: AwsClient;
  readonly source: Credentials;
  /** The device and a way to get its code, where the first hop is to carry MFA. */
  readonly mfa:
    | { readonly serialNumber: string; readonly readCode: () => Promise<string> }
    | undefined;
  /** Settled when the connection to STS is open, or cannot be opened ahead; it never rejects. */
  readonly ready: Promise<void>;
  /** Told before each hop, from 1. */
  readonly onHop: (number: number, roleArn: string) => void;
}

/** Assumes the roles of a chain in order, and gives the credentials of the last. */
export async function assumeChain(
  chain: RoleChain,
  options: AssumeOptions,
): Promise<TemporaryCredentials> {
  let credentials: Credentials = options.source;
  let last: TemporaryCredentials | undefined;
  for (const [index, hop] of chain.hops.entries()) {
    options.onHop(index + 1, hop.roleArn);
    const mfa =
      index === 0 && options.mfa !== undefined
        ? { serialNumber: options.mfa.serialNumber, tokenCode: await options.mfa.readCode() }
        : undefined;
    await options.ready;
    last = await assumeRole(options.client, credentials, {
      roleArn: hop.roleArn,
      roleSessionName: chain.roleSessionName,
      durationSeconds: hop.durationSeconds,
      mfa,
    });
    credentials = last;
  }
  if (last === undefined) throw new LetmeError("failed", `\`${chain.account.name}\` has no role`);
  return last;
}
