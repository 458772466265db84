import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import {
  bitString,
  boolean,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  pem,
  sequence,
  set,
  tagged,
  utcTime,
  utf8String,
} from "./der.ts";

/** A private certificate authority and a server certificate signed by it, all PEM. */
export interface Certificates {
  readonly authorityCertificate: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const DAY_MILLISECONDS = 86_400_000;

/**
 * Makes a CA and a certificate for `localhost`, 127.0.0.1 and ::1 (P-256), good for a month. Written
 * here, because a fresh machine has neither an openssl command nor a package for it.
 *
 * The forms are those of RFC 5280; verifiers ask for the key identifiers and the key usages.
 */
export function makeCertificates(): Certificates {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const authorityName = name("letme test authority");
  const authorityCertificate = certificate({
    subject: authorityName,
    issuer: authorityName,
    publicKey: authority.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      extension("2.5.29.19", sequence(boolean(true)), true),
      // keyCertSign and cRLSign.
      extension("2.5.29.15", bitString(Uint8Array.of(0x06), 1), true),
      extension("2.5.29.14", octetString(keyIdentifier(authority.publicKey))),
    ],
  });
  const serverCertificate = certificate({
    subject: name("localhost"),
    issuer: authorityName,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      extension("2.5.29.19", sequence(), true),
      // digitalSignature.
      extension("2.5.29.15", bitString(Uint8Array.of(0x80), 7), true),
      // serverAuth.
      extension("2.5.29.37", sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"))),
      extension("2.5.29.17", subjectAlternativeNames()),
      extension("2.5.29.35", sequence(tagged(0x80, keyIdentifier(authority.publicKey)))),
    ],
  });
  return {
    authorityCertificate,
    serverCertificate,
    serverKey: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function certificate(parts: {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly extensions: readonly Uint8Array[];
}): string {
  const now = Date.now();
  const toBeSigned = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    parts.issuer,
    // A wide margin on both sides: the machine's clock may be a little off, or change.
    sequence(
      utcTime(new Date(now - 2 * DAY_MILLISECONDS)),
      utcTime(new Date(now + 30 * DAY_MILLISECONDS)),
    ),
    parts.subject,
    parts.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...parts.extensions)),
  );
  const signature = createSign("sha256").update(toBeSigned).sign(parts.signingKey);
  return pem("CERTIFICATE", sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature, 0)));
}

function name(commonName: string): Uint8Array {
  return sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String(commonName))));
}

function extension(identifier: string, value: Uint8Array, critical = false): Uint8Array {
  const parts = [objectIdentifier(identifier)];
  if (critical) parts.push(boolean(true));
  return sequence(...parts, octetString(value));
}

function subjectAlternativeNames(): Uint8Array {
  const loopback6 = new Uint8Array(16);
  loopback6[15] = 1;
  return sequence(
    tagged(0x82, new TextEncoder().encode("localhost")),
    tagged(0x87, Uint8Array.of(127, 0, 0, 1)),
    tagged(0x87, loopback6),
  );
}

function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return new Bun.CryptoHasher("sha1")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
}
