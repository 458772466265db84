import type { Credentials } from "./credentials.ts";
import { AwsError, type AwsRefusal } from "./errors.ts";

/** Credentials, and whether they were remembered rather than just given by AWS. */
export interface Held<C> {
  readonly credentials: C;
  readonly remembered: boolean;
}

/** Where credentials come from. */
export interface Origin<C> {
  /** Those that are remembered, or else new ones. */
  open(): Promise<Held<C>>;
  /** New ones, where AWS no longer takes these, which were remembered. */
  renew(stale: C): Promise<C>;
  /** Whether new ones cost requests only, and no MFA code. */
  renewsFreely(): Promise<boolean>;
}

/** What remembers credentials, and gets them where it has none. */
export interface Keeping<C> {
  recall(): Promise<C | undefined>;
  obtain(): Promise<C>;
  forget(stale: C): void | Promise<void>;
  obtainsFreely(): Promise<boolean>;
}

/** Credentials that are remembered between runs, as an origin. */
export function remembering<C>(keeping: Keeping<C>): Origin<C> {
  const { recall, obtain, forget, obtainsFreely } = keeping;
  return {
    renewsFreely: obtainsFreely,
    async open() {
      const credentials = await recall();
      return credentials === undefined
        ? { credentials: await obtain(), remembered: false }
        : { credentials, remembered: true };
    },
    async renew(stale) {
      await forget(stale);
      return obtain();
    },
  };
}

/** Gets credentials once, when they are first needed, for all who need them. */
export class Holder<C = Credentials> {
  readonly #origin: Origin<C>;
  #current: Promise<Held<C>> | undefined;

  constructor(origin: Origin<C>) {
    this.#origin = origin;
  }

  get(): Promise<Held<C>> {
    this.#current ??= this.#origin.open();
    return this.#current;
  }

  /**
   * Does a call with the credentials. Where AWS no longer takes remembered ones (the key was
   * switched off, the clock was wrong), they are forgotten and the call is done with new ones. So
   * too where AWS denies the call, since these may have been revoked: but not at the price of a code.
   */
  async use<T>(call: (credentials: C) => Promise<T>): Promise<T> {
    const using = this.get();
    const held = await using;
    try {
      return await call(held.credentials);
    } catch (error) {
      if (!held.remembered || !(error instanceof AwsError)) throw error;
      if (isDenied(error.refusal)) {
        if (!(await this.#origin.renewsFreely())) throw error.withAdvice(howToForget);
      } else if (!refusesKeys(error.refusal)) throw error;
      // Whoever finds out first gets new ones; the others use those.
      if (this.#current === using) this.#current = this.#renew(held.credentials);
      return call((await this.get()).credentials);
    }
  }

  async #renew(stale: C): Promise<Held<C>> {
    return { credentials: await this.#origin.renew(stale), remembered: false };
  }
}

/** Whether AWS does not take the keys themselves: they have ended, or are none. */
export function refusesKeys({ code }: AwsRefusal): boolean {
  return staleCodes.has(code);
}

const staleCodes = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

/** Whether the caller may not do it; a wrong MFA code is refused with the same AWS code. */
function isDenied({ code, reason }: AwsRefusal): boolean {
  const isCode = code === "AccessDenied" || code === "AccessDeniedException";
  return isCode && !/MultiFactorAuthentication failed/i.test(reason);
}

const howToForget =
  "what an MFA code gave is remembered, and may be too old for AWS or revoked: `letme session clear` forgets it, then a code is asked for";
