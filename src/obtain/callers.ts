import type { AwsClient } from "../aws/client.ts";
import type { Credentials, TemporaryCredentials } from "../aws/credentials.ts";
import { Holder, remembering } from "../aws/holder.ts";
import { getSessionToken } from "../aws/session-token.ts";
import type { CodeDesk } from "./code-desk.ts";
import { type Memory, maskedKeyId, memoryKey } from "./memory.ts";
import { chainedSeconds, type RoleChain } from "./plan.ts";
import { countFirstHops, type TreeNode } from "./tree.ts";

/** The MFA of a run. */
export interface Mfa {
  readonly serialNumber: string;
  /** How long a session lasts, in seconds; `off` where nothing that MFA gave is remembered. */
  readonly session: number | "off";
  readonly desk: CodeDesk;
}

/**
 * How a first hop proves MFA: with a code of its own, or by the session that one code was given for.
 */
export type MfaWay = "none" | "code" | "session";

/**
 * A session is good for every first hop, but AWS caps what is assumed with it at one hour, and gives
 * none to credentials that are temporary themselves. Where it would serve one hop of this run only
 * and is not to be remembered, the code goes with that hop and saves a request.
 */
export function mfaWayOf(
  firstHop: { readonly durationSeconds: number },
  run: {
    readonly mfaSession: number | "off" | undefined;
    readonly sourceIsTemporary: boolean;
    readonly firstHops: number;
  },
): MfaWay {
  if (run.mfaSession === undefined) return "none";
  if (run.sourceIsTemporary || firstHop.durationSeconds > chainedSeconds) return "code";
  return run.mfaSession === "off" && run.firstHops === 1 ? "code" : "session";
}

/** Long enough for a run; the shortest that GetSessionToken gives. */
const sessionOfOneRun = 900;

/** How the first hops prove MFA, and the session of those that do it by one. */
export interface Callers {
  readonly session: Holder;
  readonly wayOf: (firstHop: { readonly durationSeconds: number }) => MfaWay;
  /** Whether a first hop can be assumed without a code that is still to be asked for. */
  readonly isFree: (firstHop: { readonly durationSeconds: number }) => Promise<boolean>;
}

export interface CallersOptions {
  readonly client: AwsClient;
  readonly source: Credentials;
  readonly mfa: Mfa | undefined;
  readonly memory: Memory;
  /** What is asked of STS in this run goes through here. */
  readonly inTurn: <T>(call: () => Promise<T>) => Promise<T>;
  /** Where STS is asked, as a part of keys. */
  readonly place: readonly string[];
}

export function openCallers(root: TreeNode, options: CallersOptions): Callers {
  const { client, source, mfa, memory, inTurn, place } = options;
  const run = {
    mfaSession: mfa?.session,
    sourceIsTemporary: source.sessionToken !== undefined,
    firstHops: countFirstHops(root),
  };
  const seconds = mfa === undefined || mfa.session === "off" ? sessionOfOneRun : mfa.session;
  const key = () =>
    memoryKey(["mfa-session", source.accessKeyId, mfa?.serialNumber ?? null, seconds, ...place]);
  const wayOf: Callers["wayOf"] = (firstHop) => mfaWayOf(firstHop, run);
  const recall = async () => (mfa?.session === "off" ? undefined : memory.recall(key()));
  const session = new Holder<Credentials>(
    remembering({
      recall,
      async obtain() {
        if (mfa === undefined) throw new Error("a session without MFA");
        const { serialNumber } = mfa;
        const given = await mfa.desk.spend((tokenCode) =>
          inTurn(() =>
            getSessionToken(client, source, {
              durationSeconds: seconds,
              mfa: { serialNumber, tokenCode },
            }),
          ),
        );
        if (mfa.session !== "off") {
          const masked = maskedKeyId(source.accessKeyId);
          const what = { label: serialNumber, source: masked, region: client.region };
          memory.record(key(), given, { kind: "mfa-session", ...what });
          // At once: whatever happens to the rest, this code need not be typed again. The last save
          // of the run waits for this one.
          void memory.save();
        }
        return given;
      },
      forget: (stale) => memory.forget(key(), stale),
      obtainsFreely: async () => false,
    }),
  );
  return {
    session,
    wayOf,
    async isFree(firstHop) {
      const way = wayOf(firstHop);
      return way === "none" || (way === "session" && (await recall()) !== undefined);
    },
  };
}

/** What became of an account. */
export type Outcome = { readonly chain: RoleChain } & (
  | { readonly credentials: TemporaryCredentials }
  | { readonly error: unknown }
);
