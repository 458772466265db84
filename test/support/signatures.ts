import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { StandInClock } from "./clock.ts";
import type { HttpRequest } from "./http-request.ts";
import type { Identities, Identity } from "./identities.ts";
import type { Service } from "./log.ts";

/** Why a request was not let in, in terms that both services word in their own way. */
export interface SignatureRefusal {
  readonly reason: "missing" | "incomplete" | "mismatch" | "unknown-key" | "expired";
  readonly message: string;
}

/** What a signature is verified against. */
export interface SignatureState {
  readonly identities: Identities;
  readonly clock: StandInClock;
  /** The only region that may be signed for; any where undefined. */
  readonly region: string | undefined;
}

const INVALID_KEY: SignatureRefusal = {
  reason: "unknown-key",
  message: "The security token included in the request is invalid.",
};

/** The parts of an Authorization header, verified or not. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** undefined where the header is missing or not of the form. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      header ?? "",
    );
  const [, credential = "", signedHeaders = "", signature = ""] = match ?? [];
  const [accessKeyId, date, region, service, terminator, more] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || !terminator || more !== undefined) {
    return undefined;
  }
  const names = signedHeaders.split(";");
  return { accessKeyId, date, region, service, terminator, signedHeaders: names, signature };
}

/**
 * Verifies a request as AWS does: the date, what is signed, the key, its session token and expiry,
 * and the signature, recomputed by AWS's own signer.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
 */
export async function verifySignature(
  request: HttpRequest,
  service: Service,
  { identities, clock, region }: SignatureState,
): Promise<Identity | SignatureRefusal> {
  const header = request.headers["authorization"];
  if (header === undefined) {
    return { reason: "missing", message: "Request is missing Authentication Token" };
  }
  const authorization = parseAuthorization(header);
  const timestamp = request.headers["x-amz-date"];
  const signingDate = parseBasicDate(timestamp);
  if (authorization === undefined || timestamp === undefined || signingDate === undefined) {
    return { reason: "incomplete", message: `Authorization header is not whole. ${header}` };
  }
  const flaw =
    findDateFlaw(timestamp, signingDate, clock.now()) ??
    findScopeFlaw(authorization, service, region, timestamp) ??
    findUnsignedHeader(request, authorization) ??
    findBodyFlaw(request);
  if (flaw !== undefined) return { reason: "mismatch", message: flaw };

  const identity = identities.find(authorization.accessKeyId);
  const token = request.headers["x-amz-security-token"];
  if (identity === undefined || identity.sessionToken !== token) return INVALID_KEY;
  const expected = await sign(request, authorization, identity, signingDate);
  if (expected !== authorization.signature) {
    return {
      reason: "mismatch",
      message:
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    };
  }
  if (identities.isExpired(identity)) {
    return { reason: "expired", message: "The security token included in the request is expired" };
  }
  return identity;
}

async function sign(
  request: HttpRequest,
  authorization: Authorization,
  identity: Identity,
  signingDate: Date,
): Promise<string | undefined> {
  const headers: Record<string, string> = {};
  for (const name of authorization.signedHeaders) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const signer = new SignatureV4({
    service: authorization.service,
    region: authorization.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    sha256: Sha256,
    // It would add a signed header that the request need not have.
    applyChecksum: false,
  });
  const url = new URL(request.target, "http://localhost");
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      body: request.body,
    },
    { signingDate, signableHeaders: new Set(authorization.signedHeaders) },
  );
  return parseAuthorization(signed.headers["authorization"])?.signature;
}

const LEEWAY_MINUTES = 15;

function findDateFlaw(timestamp: string, signingDate: Date, now: Date): string | undefined {
  const leeway = LEEWAY_MINUTES * 60_000;
  const earliest = new Date(now.getTime() - leeway);
  const latest = new Date(now.getTime() + leeway);
  if (signingDate < earliest) {
    return `Signature expired: ${timestamp} is now earlier than ${basicDate(earliest)} (${basicDate(now)} - ${LEEWAY_MINUTES} min.)`;
  }
  if (signingDate > latest) {
    return `Signature not yet current: ${timestamp} is still later than ${basicDate(latest)} (${basicDate(now)} + ${LEEWAY_MINUTES} min.)`;
  }
  return undefined;
}

function findScopeFlaw(
  authorization: Authorization,
  service: Service,
  region: string | undefined,
  timestamp: string,
): string | undefined {
  if (region !== undefined && authorization.region !== region) {
    return `Credential should be scoped to a valid region, not '${authorization.region}'. `;
  }
  if (authorization.service !== service) {
    return `Credential should be scoped to correct service: '${service}'. `;
  }
  if (authorization.terminator !== "aws4_request") {
    return `Credential should be scoped with a valid terminator: 'aws4_request', not '${authorization.terminator}'. `;
  }
  const day = timestamp.slice(0, 8);
  if (authorization.date !== day) {
    return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${day}', from '${timestamp}'.`;
  }
  return undefined;
}

function findUnsignedHeader(
  request: HttpRequest,
  authorization: Authorization,
): string | undefined {
  if (!authorization.signedHeaders.includes("host")) {
    return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
  }
  const present = Object.keys(request.headers);
  const unsigned = present.filter(
    (name) => name.startsWith("x-amz-") && !authorization.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    return `There were headers present in the request which were not signed: ${unsigned.join(", ")}`;
  }
  const absent = authorization.signedHeaders.filter((name) => !present.includes(name));
  return absent.length > 0 ? `Signed headers are missing: ${absent.join(", ")}` : undefined;
}

/** The signer takes the hash from this header where there is one, and does not look at the body. */
function findBodyFlaw(request: HttpRequest): string | undefined {
  const claimed = request.headers["x-amz-content-sha256"];
  const actual = new Bun.CryptoHasher("sha256").update(request.body).digest("hex");
  if (claimed === undefined || claimed === actual) return undefined;
  return "The provided 'x-amz-content-sha256' header does not match what was computed.";
}

function parseBasicDate(text: string | undefined): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function basicDate(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
}
