import { NetworkError } from "../errors.ts";
import type { Network, NetworkReply, NetworkRequest } from "../host.ts";
import { countWork } from "./effort.ts";
import { isUnknownIssuer, networkFailure, refusalOfProxy } from "./network-failure.ts";
import { type ProxyServer, proxyFor } from "./proxy.ts";

/** The real network, by `fetch`. Connections are kept and used again by the requests that follow. */
export function realNetwork(env: Readonly<Record<string, string | undefined>>): Network {
  // Every authority of this machine, once the usual ones were not enough; then for all requests.
  let trusted: readonly string[] | undefined;
  return {
    async exchange(request) {
      const proxy = request.direct === true ? undefined : proxyFor(request.url, env);
      const authorities = request.authorities ?? trusted;
      try {
        return await send(request, proxy, authorities);
      } catch (error) {
        const failure = networkFailure(error, proxy?.shown);
        if (request.authorities !== undefined) throw await ofAuthorities(request, failure);
        if (authorities !== undefined || !isUnknownIssuer(failure)) throw failure;
      }
      // The handshake failed, so nothing of the request has left.
      const { everyAuthority } = await import("./trust.ts");
      trusted ??= everyAuthority();
      try {
        return await send(request, proxy, trusted);
      } catch (error) {
        throw networkFailure(error, proxy?.shown);
      }
    },
  };
}

/** A bundle with a certificate that is none looks to `fetch` as if no connection could be made. */
async function ofAuthorities(
  { authorities = "" }: NetworkRequest,
  failure: NetworkError,
): Promise<NetworkError> {
  if (failure.reason !== "connect") return failure;
  const { areCertificates } = await import("./trust.ts");
  if (areCertificates(authorities)) return failure;
  const message = "a certificate of the CA bundle that is set for it cannot be understood";
  return new NetworkError("certificate", message, failure, failure.via);
}

async function send(
  request: NetworkRequest,
  proxy: ProxyServer | undefined,
  authorities: string | readonly string[] | undefined,
): Promise<NetworkReply> {
  const { method, url, headers, body } = request;
  const limit = timeLimit(request.timeoutMilliseconds);
  // `false` is not in Bun's types: it keeps the request off every proxy, whatever the environment.
  const route: object = { proxy: proxy?.url ?? false };
  try {
    const reply = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A redirect would be followed with the signature still on it.
      redirect: "manual",
      // Otherwise BUN_CONFIG_VERBOSE_FETCH would print credentials, and
      // NODE_TLS_REJECT_UNAUTHORIZED=0 would let anybody pose as AWS.
      verbose: false,
      tls: {
        rejectUnauthorized: true,
        ...(authorities === undefined
          ? {}
          : { ca: typeof authorities === "string" ? authorities : [...authorities] }),
      },
      signal: limit.signal,
      ...route,
    });
    // Of an http URL the proxy's own answer looks like the server's.
    if (reply.status === 407 && proxy !== undefined) {
      throw new NetworkError("proxy", refusalOfProxy(407), undefined, proxy.shown);
    }
    limit.begun();
    return {
      status: reply.status,
      headers: reply.headers,
      body: countWork(await bodyOf(reply)),
      ...(proxy === undefined ? {} : { via: proxy.shown }),
    };
  } finally {
    limit.end();
  }
}

/** A page of DynamoDB has a few megabytes at most, and everything else far less. */
const mostBytes = 32 << 20;

/** The body, whole; of a server that sends without end no more than is of use. */
async function bodyOf(reply: Response): Promise<Uint8Array> {
  const stated = Number(reply.headers.get("content-length") ?? Number.NaN);
  // Packed, the length says nothing of what comes out.
  if (stated <= mostBytes && !reply.headers.has("content-encoding")) return reply.bytes();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of reply.body ?? []) {
    length += piece.length;
    if (length > mostBytes) {
      throw new NetworkError("broken", `the reply is longer than ${mostBytes >> 20} MB`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * Ends a request that takes too long: until the reply begins, and then, anew and twice as long,
 * until all of it is there. When the connection was made, `fetch` does not say.
 */
function timeLimit(milliseconds: number) {
  const abort = new AbortController();
  const start = (limit: number, what: string) =>
    setTimeout(() => {
      abort.abort(new DOMException(`${what} within ${limit / 1000} s`, "TimeoutError"));
    }, limit);
  let timer = start(milliseconds, "nothing came");
  return {
    signal: abort.signal,
    begun() {
      clearTimeout(timer);
      timer = start(2 * milliseconds, "the reply did not come to its end");
    },
    end() {
      clearTimeout(timer);
    },
  };
}
