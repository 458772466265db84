import type { TemporaryCredentials } from "../aws/credentials.ts";
import type { RememberedCredentials, State } from "../state/content.ts";
import type { StateFile } from "../state/state.ts";

/** What is remembered of credentials, beside themselves. */
export type Remembrance = Pick<
  RememberedCredentials,
  "kind" | "label" | "source" | "region" | "stands"
>;

export type StateChange = (state: State) => State;

/** The memory of one run: what the state holds, and what this run adds to it. */
export interface Memory {
  /** Credentials of this key with some life left. */
  recall(key: string): Promise<TemporaryCredentials | undefined>;
  record(key: string, credentials: TemporaryCredentials, what: Remembrance): void;
  /** Drops these, which AWS no longer takes; what another letme has got meanwhile stays. */
  forget(key: string, stale: Pick<TemporaryCredentials, "accessKeyId">): void;
  /**
   * Puts what came since the last time into the state, and what else is to be remembered; writes
   * nothing where there is nothing. Saves that overlap are done one after the other.
   */
  save(changes?: readonly StateChange[]): Promise<void>;
}

// Credentials that end while a request with them is under way are of no use.
const leastLifeMilliseconds = 60_000;

/**
 * Opens the memory; the state is read when something is asked of it, and not before. `awsTime` is
 * AWS's time, as far as its replies have shown.
 */
export function openMemory(file: Pick<StateFile, "read" | "update">, awsTime: () => Date): Memory {
  let reading: Promise<State> | undefined;
  const read = () => {
    reading ??= file.read();
    return reading;
  };
  const credentials = new Map<string, RememberedCredentials>();
  /** Access key ids of what is to go, by the key. */
  const stale = new Map<string, string>();
  let changed = false;
  let saving: Promise<unknown> = Promise.resolve();
  /** What this run adds, as it stands now. */
  const additions = (): StateChange => {
    const added = new Map(credentials);
    const gone = new Map(stale);
    return (state) => {
      const kept = Object.entries(state.credentials).filter(
        ([key, one]) => !added.has(key) && gone.get(key) !== one.accessKeyId,
      );
      return { ...state, credentials: Object.fromEntries([...kept, ...added]) };
    };
  };
  return {
    async recall(key) {
      const found = credentials.get(key) ?? (await read()).credentials[key];
      if (found === undefined || found.accessKeyId === stale.get(key)) return undefined;
      const { accessKeyId, secretAccessKey, sessionToken } = found;
      const expiration = new Date(found.expiration);
      const left = expiration.getTime() - awsTime().getTime();
      if (left < leastLifeMilliseconds) return undefined;
      return { accessKeyId, secretAccessKey, sessionToken, expiration };
    },
    record(key, { accessKeyId, secretAccessKey, sessionToken, expiration }, what) {
      credentials.set(key, {
        ...what,
        accessKeyId,
        secretAccessKey,
        sessionToken,
        expiration: expiration.toISOString(),
      });
      changed = true;
    },
    forget(key, { accessKeyId }) {
      stale.set(key, accessKeyId);
      credentials.delete(key);
      changed = true;
    },
    async save(others = []) {
      const changes = changed ? [additions(), ...others] : others;
      changed = false;
      if (changes.length > 0) {
        saving = saving.then(() =>
          file.update((state) => changes.reduce((before, change) => change(before), state)),
        );
      }
      await saving;
    },
  };
}

/** Enough of an access key id to tell it from others. */
export function maskedKeyId(accessKeyId: string): string {
  return `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`;
}

/** The key of what credentials stand for. Parts are JSON, so that no two lists look the same. */
export function memoryKey(parts: readonly (string | number | null)[]): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
