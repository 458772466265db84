/**
 * A proof that the sender of one request holds a key: a JWT with the public key in its header,
 * signed with ES256 (RFC 9449, section 4.2). The key is as `aws login` keeps it: P-256 in SEC1's
 * PEM form. Rejects where it is none.
 */
export async function provePossession(
  pem: string,
  request: { readonly method: string; readonly url: string; readonly now: Date },
): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("pkcs8", asPkcs8(pem), algorithm, true, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const payload = {
    jti: crypto.randomUUID(),
    htm: request.method,
    htu: request.url,
    iat: Math.floor(request.now.getTime() / 1000),
  };
  const signed = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(payload))}`;
  // WebCrypto gives r and s one after the other, as RFC 7518 section 3.4 wants them.
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    new TextEncoder().encode(signed),
  );
  return `${signed}.${new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

function encode(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

// SEQUENCE { INTEGER 0, SEQUENCE { OID id-ecPublicKey, OID prime256v1 }, OCTET STRING … }
// (RFC 5208, section 5; RFC 5480, section 2.1.1), without the outer and the last header.
const pkcs8Start = [
  0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
  0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
];

/** WebCrypto knows keys in PKCS #8 alone, which wraps the SEC1 form (RFC 5915, section 1). */
function asPkcs8(pem: string): Uint8Array<ArrayBuffer> {
  const match =
    /-----BEGIN EC PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END EC PRIVATE KEY-----/.exec(pem);
  const sec1 = Uint8Array.fromBase64((match?.[1] ?? "").replace(/\s+/g, ""));
  const content = [...pkcs8Start, 0x04, ...lengthOf(sec1.length), ...sec1];
  return new Uint8Array([0x30, ...lengthOf(content.length), ...content]);
}

/** A length in DER: in one octet up to 127, else behind the number of its octets. */
function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}
