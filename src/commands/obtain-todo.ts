import { awsTime } from "../aws/client.ts";
import type { TemporaryCredentials } from "../aws/credentials.ts";
import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { assumeAll } from "../obtain/assume-all.ts";
import type { Mfa, Outcome } from "../obtain/callers.ts";
import type { CodeDesk } from "../obtain/code-desk.ts";
import { type Memory, openMemory } from "../obtain/memory.ts";
import { prepareWriting, writeProfiles } from "../profiles/store.ts";
import type { Settings } from "../settings/settings.ts";
import type { SourceCredentials } from "../source/source.ts";
import type { AwsFiles } from "./aws-files.ts";
import type { Ground } from "./ground.ts";
import { profileOf } from "./profile-of.ts";
import type { Obtained, Telling } from "./telling.ts";
import type { TokenCodes } from "./token-codes.ts";
import { takeTurn } from "./turns.ts";
import { tellUpdates } from "./updates.ts";
import { type Failure, type Kept, splitKept, type Todo, type Work } from "./work.ts";

/** What obtaining needs, beside the work. */
export interface ObtainGround extends Omit<Ground, "written"> {
  readonly files: AwsFiles;
  /** What is there now, where another letme may have obtained it meanwhile. */
  readonly written: () => Promise<Ground["written"]>;
  readonly delivery: Delivery;
  readonly codes: TokenCodes;
  readonly telling: Telling;
}

/** What becomes of credentials that were obtained. */
export interface Delivery {
  /** Does what it can ahead, while AWS is waited for. */
  prepare(): void;
  /** Puts them where they are to go; what is recorded in the memory is saved behind it. */
  deliver(obtained: readonly ObtainedCredentials[], memory: Memory): Promise<void>;
}

/** An account's credentials, just obtained. */
export interface ObtainedCredentials {
  readonly todo: Todo;
  readonly credentials: TemporaryCredentials;
}

export interface Result {
  readonly obtained: readonly Obtained[];
  /** What another letme obtained in the meantime. */
  readonly kept: readonly Kept[];
  readonly failed: readonly Failure[];
}

/** Obtains what is to be obtained, delivers it, and remembers what serves again. */
export async function obtainTodo(ground: ObtainGround, work: Work): Promise<Result> {
  const { invocation, settings, connection, state, telling } = ground;
  const memory = openMemory(state, () => awsTime(connection.client));
  const source = await connection.source.load();
  telling.plan(work.todo);
  const [only, ...others] = work.todo;
  const hops = only === undefined || others.length > 0 ? 0 : only.chain.hops.length;
  const identity = JSON.stringify([connection.source.identity, settings.mfaArn?.value ?? null]);
  const profile = JSON.stringify([ground.files.locations.credentials, only?.profileName]);
  // The identity before the profile, in every letme: so no two wait for each other. The turn of a
  // source's roles is over by now, or comes behind both where these must be got anew.
  const shares = hops !== 1 || settings.mfaArn !== undefined;
  const turns = [
    shares ? await takeTurn(invocation, settings, "identity", identity) : undefined,
    hops > 0 ? await takeTurn(invocation, settings, "profile", profile) : undefined,
  ];
  // From the last hop on there is nothing that another account could share.
  const onHop: Telling["hop"] = (number, ...hop) => {
    telling.hop(number, ...hop);
    if (hops > 1 && number === hops) void memory.save().then(() => turns[0]?.release());
  };
  try {
    // Whose turn it was before may have got the same.
    const { kept, todo } = splitKept({ ...ground, written: await ground.written() }, work.todo);
    telling.kept(kept);
    return { ...(await obtainNow({ ...ground, source, onHop }, memory, work, todo)), kept };
  } finally {
    for (const turn of turns) turn?.release();
  }
}

async function obtainNow(
  ground: ObtainGround & { readonly source: SourceCredentials; readonly onHop: Telling["hop"] },
  memory: Memory,
  work: Work,
  todo: readonly Todo[],
): Promise<Omit<Result, "kept">> {
  const { settings, connection, source, delivery, warmth, telling } = ground;
  const valid: (Todo & { expiration: Date })[] = [];
  try {
    // Calls that go out together need a connection each; these open while the hops that they share
    // are on, which do not wait for them.
    const shared = todo.some(({ chain }) => chain.hops.length > 1) || settings.mfaArn !== undefined;
    const aside = todo.length > 1 && shared;
    const waited = warmth.ready();
    if (aside) warmth.start(todo.length - 1);
    const assuming = assumeAll(
      todo.map(({ chain }) => chain),
      {
        client: connection.client,
        source: source.credentials,
        useSource: (call) => connection.source.use((found) => call(found.credentials)),
        mfa: mfaOf(ground),
        memory,
        ready: (number) => (aside && number === 1 ? waited : warmth.ready()),
        onHop: ground.onHop,
        onOutcome: telling.outcome,
      },
    );
    const [outcomes] = await Promise.all([assuming, prepareAhead(ground)]);
    telling.pause();
    const obtained: ObtainedCredentials[] = [];
    const failed: Failure[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const one = todo[index];
      if (one === undefined) continue;
      if ("error" in outcome) failed.push({ name: one.profileName, error: asFailure(outcome) });
      else {
        obtained.push({ todo: one, credentials: outcome.credentials });
        valid.push({ ...one, expiration: outcome.credentials.expiration });
      }
    }
    if (obtained.length > 0) await delivery.deliver(obtained, memory);
    return { obtained: valid, failed };
  } finally {
    telling.pause();
    // Also after a failure: a code that was sent, and what it gave, stay known.
    await memory.save(work.learnt(valid));
  }
}

/** Does what it can of the writing while AWS is waited for. */
async function prepareAhead({ invocation, delivery }: ObtainGround): Promise<void> {
  // Behind all that is to be done at once: by then the first request has left.
  await invocation.host.clock.sleep(0);
  delivery.prepare();
}

/** The delivery of `obtain`: profiles in the AWS files, all in one write. */
export function intoAwsFiles(
  invocation: Invocation,
  settings: Settings,
  { locations, documents }: AwsFiles,
): Delivery {
  const { host } = invocation;
  return {
    prepare: () => prepareWriting(documents.latest),
    async deliver(obtained) {
      const profiles = obtained.map(({ todo, credentials }) => profileOf(todo, credentials, host));
      const { lock } = settings.paths;
      tellUpdates(
        invocation,
        await writeProfiles(host, locations, lock, profiles, documents.current),
      );
    },
  };
}

function mfaOf({ settings, codes, warmth, telling }: ObtainGround): Mfa | undefined {
  if (settings.mfaArn === undefined) return undefined;
  const serialNumber = settings.mfaArn.value;
  codes.before((what) => {
    telling.pause();
    // The connection is opened while the user types.
    if (what === "asking") warmth.start(1);
  });
  const desk: CodeDesk = { spend: (send) => codes.spend(serialNumber, send) };
  return { serialNumber, session: settings.mfaSession.value, desk };
}

function asFailure(outcome: Outcome & { readonly error: unknown }): LetmeError {
  if (outcome.error instanceof LetmeError) return outcome.error;
  throw outcome.error;
}
