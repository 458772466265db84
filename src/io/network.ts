import { errnoOf } from "../errors.ts";
import { type Network, NetworkError, type NetworkReply, type NetworkRequest } from "../host.ts";

/** The real network, by `fetch`. Connections are kept and used again by the requests that follow. */
export const realNetwork: Network = { exchange };

async function exchange(request: NetworkRequest): Promise<NetworkReply> {
  const { method, url, headers, body, timeoutMilliseconds } = request;
  const send = () =>
    fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A redirect would be followed with the signature still on it.
      redirect: "manual",
      // Otherwise BUN_CONFIG_VERBOSE_FETCH would print credentials, and
      // NODE_TLS_REJECT_UNAUTHORIZED=0 would let anybody pose as AWS.
      verbose: false,
      ...(url.startsWith("https:") ? { tls: { rejectUnauthorized: true } } : {}),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
  try {
    const reply = await (request.direct === true
      ? withoutProxy(new URL(url).hostname, send)
      : send());
    return { status: reply.status, headers: reply.headers, body: await reply.bytes() };
  } catch (error) {
    throw classify(error, timeoutMilliseconds);
  }
}

/**
 * `fetch` reads `NO_PROXY` when it is called and takes no option that says the same, so the host
 * stands in it for the moment of the call.
 */
function withoutProxy<T>(hostname: string, send: () => T): T {
  const names = ["NO_PROXY", "no_proxy"] as const;
  const before = names.map((name) => process.env[name]);
  const host = hostname.replace(/^\[|\]$/g, "");
  for (const [index, name] of names.entries()) {
    process.env[name] = [before[index], host, hostname].filter(Boolean).join(",");
  }
  try {
    return send();
  } finally {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

// Bun's names beside those of the system; each is met before anything of the request is sent.
const neverSent = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "FailedToOpenSocket",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "DNSLookupFailed",
]);

function classify(error: unknown, timeoutMilliseconds: number): NetworkError {
  const code = errnoOf(error) ?? "";
  if (error instanceof Error && error.name === "TimeoutError") {
    return new NetworkError(
      "timeout",
      `nothing came within ${timeoutMilliseconds / 1000} s`,
      error,
    );
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME|SSL|TLS/i.test(code)) {
    return new NetworkError("certificate", `its TLS certificate is not trusted (${code})`, error);
  }
  if (neverSent.has(code)) {
    return new NetworkError("connect", `no connection (${code})`, error);
  }
  return new NetworkError("broken", `the connection was cut (${code || "no reason known"})`, error);
}
