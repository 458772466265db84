import { NetworkError } from "../../src/errors.ts";
import type { NetworkReply, NetworkRequest } from "../../src/host.ts";

/** A network in memory: it notes what is sent, and answers as the test says. */
export interface FakeNetwork {
  readonly sent: NetworkRequest[];
  exchange(request: NetworkRequest): Promise<NetworkReply>;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** An answer that is undefined is no answer: nobody can be reached. */
export function fakeNetwork(
  answer: (request: NetworkRequest, number: number) => FakeAnswer | undefined,
): FakeNetwork {
  const sent: NetworkRequest[] = [];
  return {
    sent,
    exchange: async (request) => {
      sent.push(request);
      const given = answer(request, sent.length);
      if (given === undefined) throw new NetworkError("connect", "no connection (ECONNREFUSED)");
      const { status = 200, headers = {}, body = "" } = given;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return { status, headers: new Headers(headers), body: new TextEncoder().encode(text) };
    },
  };
}
