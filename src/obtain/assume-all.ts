import { atMost } from "../at-most.ts";
import type { AwsClient } from "../aws/client.ts";
import type { Credentials, TemporaryCredentials } from "../aws/credentials.ts";
import { endpointOf } from "../aws/endpoints.ts";
import { AwsError } from "../aws/errors.ts";
import { Holder, remembering } from "../aws/holder.ts";
import { assumeRole } from "../aws/sts.ts";
import { LetmeError } from "../errors.ts";
import { type Callers, type Mfa, type Outcome, openCallers } from "./callers.ts";
import { type Memory, maskedKeyId, memoryKey } from "./memory.ts";
import type { Hop, RoleChain } from "./plan.ts";
import { planTree, type TreeNode } from "./tree.ts";

/** What assuming roles needs from outside. */
export interface AssumeOptions {
  readonly client: AwsClient;
  readonly source: Credentials;
  /** Does a call with the source's credentials, or new ones where AWS no longer takes those. */
  readonly useSource: <T>(call: (credentials: Credentials) => Promise<T>) => Promise<T>;
  readonly mfa: Mfa | undefined;
  readonly memory: Memory;
  /**
   * Settled when connections to STS are open for the hop of this number, or cannot be opened ahead;
   * it never rejects.
   */
  readonly ready: (number: number) => Promise<void>;
  /** Told of each hop, its place in the chain from 1, and whether it needs no call. */
  readonly onHop: (number: number, roleArn: string, remembered: boolean) => void;
  /** Told when an account is done, well or not. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Calls to STS that are under way at once. */
const mostCalls = 32;

/**
 * Assumes the roles of many accounts: shared hops once, the hops of one chain in order, everything
 * else at once. What goes wrong with one account stands in its outcome; only an interruption and
 * what nobody foresaw are thrown.
 */
export async function assumeAll(
  chains: readonly RoleChain[],
  options: AssumeOptions,
): Promise<readonly Outcome[]> {
  const { client, source, mfa, memory } = options;
  const root = planTree(chains);
  const place = [client.region, endpointOf("sts", client.region, client.endpoints).url];
  const inTurn = atMost(mostCalls);
  const callers = openCallers(root, { client, source, mfa, memory, inTurn, place });
  const assume = new Assumer(options, callers, place, inTurn);
  const outcomes = new Map(
    (await Promise.all(assume.below(root, undefined))).map((outcome) => [outcome.chain, outcome]),
  );
  return chains.map((chain) => outcomes.get(chain)).filter((outcome) => outcome !== undefined);
}

class Assumer {
  readonly #options: AssumeOptions;
  readonly #callers: Callers;
  readonly #place: readonly string[];
  readonly #inTurn: <T>(call: () => Promise<T>) => Promise<T>;

  constructor(
    options: AssumeOptions,
    callers: Callers,
    place: readonly string[],
    inTurn: <T>(call: () => Promise<T>) => Promise<T>,
  ) {
    this.#options = options;
    this.#callers = callers;
    this.#place = place;
    this.#inTurn = inTurn;
  }

  /** Everything below a node, whose credentials `caller` holds; undefined at the root. */
  below(node: TreeNode, caller: Holder | undefined): readonly Promise<Outcome>[] {
    const outcomes = node.ends.map((chain) => this.#finish(chain, caller));
    for (const branch of node.branches) {
      outcomes.push(...this.below(branch, this.#holderOf(branch, caller)));
    }
    return outcomes;
  }

  async #finish(chain: RoleChain, caller: Holder | undefined): Promise<Outcome> {
    const { onOutcome } = this.#options;
    let outcome: Outcome;
    try {
      const hop = chain.hops.at(-1);
      if (hop === undefined)
        throw new LetmeError("failed", `\`${chain.account.name}\` has no role`);
      outcome = { chain, credentials: await this.#hop(hop, chain.hops.length, caller) };
    } catch (error) {
      if (!(error instanceof LetmeError) || error.kind === "interrupted") throw error;
      const isSetUp = error instanceof AwsError && this.#options.mfa !== undefined;
      outcome = { chain, error: isSetUp ? error.withMfa() : error };
    }
    onOutcome(outcome);
    return outcome;
  }

  /** One AssumeRole, with the credentials of the hop before, or those that everything starts from. */
  async #hop(hop: Hop, number: number, caller: Holder | undefined): Promise<TemporaryCredentials> {
    const { client, source, useSource, mfa, onHop } = this.#options;
    const call = async (credentials: Credentials, tokenCode?: string) => {
      await this.#options.ready(number);
      return this.#inTurn(() =>
        assumeRole(client, credentials, {
          ...hop,
          mfa:
            tokenCode === undefined || mfa === undefined
              ? undefined
              : { serialNumber: mfa.serialNumber, tokenCode },
        }),
      );
    };
    if (caller !== undefined) {
      return caller.use(async (credentials) => {
        onHop(number, hop.roleArn, false);
        try {
          return await call(credentials);
        } catch (error) {
          // AWS passes no MFA on along a chain: a device would be of no use here.
          throw error instanceof AwsError ? error.withMfa() : error;
        }
      });
    }
    // The user sees which role a code is asked for.
    onHop(number, hop.roleArn, false);
    const way = this.#callers.wayOf(hop);
    if (way === "session") {
      return this.#callers.session.use((credentials) => call(credentials));
    }
    if (way === "code" && mfa !== undefined) {
      return mfa.desk.spend((tokenCode) => call(source, tokenCode));
    }
    return useSource((credentials) => call(credentials));
  }

  /** The credentials of a hop that is not the last one. */
  #holderOf(node: TreeNode, caller: Holder | undefined): Holder {
    const { client, source, mfa, memory, onHop } = this.#options;
    const hop = node.path.at(-1);
    if (hop === undefined) throw new Error("the root is no hop");
    const key = memoryKey([
      "hop",
      source.accessKeyId,
      mfa?.serialNumber ?? null,
      ...this.#place,
      ...node.path.flatMap((one) => [one.roleArn, one.roleSessionName, one.durationSeconds]),
    ]);
    const isRemembered = mfa?.session !== "off";
    return new Holder<Credentials>(
      remembering({
        recall: async () => {
          const found = isRemembered ? await memory.recall(key) : undefined;
          if (found === undefined) return undefined;
          for (const [index, one] of node.path.entries()) onHop(index + 1, one.roleArn, true);
          return found;
        },
        obtain: async () => {
          const given = await this.#hop(hop, node.path.length, caller);
          if (isRemembered) {
            const masked = maskedKeyId(source.accessKeyId);
            const what = { label: hop.roleArn, source: masked, region: client.region };
            memory.record(key, given, { kind: "hop", ...what });
          }
          return given;
        },
        forget: (stale) => memory.forget(key, stale),
        obtainsFreely: () => this.#callers.isFree(node.path[0] ?? hop),
      }),
    );
  }
}
