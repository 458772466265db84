import type { Credentials } from "../aws/credentials.ts";
import { AwsError } from "../aws/errors.ts";

/** Credentials, and whether they were remembered rather than just given by AWS. */
export interface Held {
  readonly credentials: Credentials;
  readonly remembered: boolean;
}

/** Where credentials come from: remembered, or else obtained; told of what turned out stale. */
export interface Origin {
  recall(): Promise<Credentials | undefined>;
  obtain(): Promise<Credentials>;
  forget(): void;
}

/** Gets credentials once, when they are first needed, for all who need them. */
export class Holder {
  readonly #origin: Origin;
  #current: Promise<Held> | undefined;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  get(): Promise<Held> {
    this.#current ??= this.#recallOrObtain();
    return this.#current;
  }

  /**
   * Does a call with the credentials. Where AWS no longer takes remembered ones (the key was
   * switched off, the clock was wrong), they are forgotten and the call is done with new ones.
   */
  async use<T>(call: (credentials: Credentials) => Promise<T>): Promise<T> {
    const using = this.get();
    const held = await using;
    try {
      return await call(held.credentials);
    } catch (error) {
      if (!held.remembered || !isStale(error)) throw error;
      // Whoever finds out first gets new ones; the others use those.
      if (this.#current === using) {
        this.#origin.forget();
        this.#current = this.#obtain();
      }
      return call((await this.get()).credentials);
    }
  }

  async #recallOrObtain(): Promise<Held> {
    const credentials = await this.#origin.recall();
    return credentials === undefined ? this.#obtain() : { credentials, remembered: true };
  }

  async #obtain(): Promise<Held> {
    return { credentials: await this.#origin.obtain(), remembered: false };
  }
}

const staleCodes = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

function isStale(error: unknown): boolean {
  return error instanceof AwsError && staleCodes.has(error.refusal.code);
}
