import { errnoOf, NetworkError } from "../errors.ts";

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

/** What `fetch` threw, in letme's terms. Its own text is left out: nobody says what stands in it. */
export function networkFailure(error: unknown, via: string | undefined): NetworkError {
  if (error instanceof NetworkError) return error;
  const code = errnoOf(error) ?? "";
  const failure = (reason: NetworkError["reason"], message: string) =>
    new NetworkError(reason, message, error, via);
  if (error instanceof Error && error.name === "TimeoutError") {
    return failure("timeout", error.message);
  }
  if (code === "ERR_PROXY_TUNNEL") {
    const status = Number(/: (\d{3})\b/.exec(String(error))?.[1]);
    // Its own trouble, or that of the way behind it, may pass; a refusal stays one.
    return failure(status >= 500 ? "connect" : "proxy", refusalOfProxy(status));
  }
  // Bun's name for a handshake that failed before a certificate was there to look at.
  if (code === "EPROTO") return failure("tls", `the TLS handshake failed (${code})`);
  if (isCertificateCode(code)) {
    return failure("certificate", `its TLS certificate is not trusted (${code})`);
  }
  if (neverSent.has(code)) return failure("connect", `no connection (${code})`);
  return failure("broken", `the connection was cut (${code || "no reason known"})`);
}

/** What a proxy's own answer means, by its status (NaN where it is not known). */
export function refusalOfProxy(status: number): string {
  if (status === 407) return "it wants a user and a password, or others than it was given";
  return Number.isNaN(status)
    ? "it let no connection through"
    : `it let no connection through (HTTP ${status})`;
}

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME|SSL|TLS/i.test(code);
}

/** Whether the certificate's issuer is unknown, which more authorities could mend. */
export function isUnknownIssuer(error: NetworkError): boolean {
  return /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(errnoOf(error.cause) ?? "");
}
