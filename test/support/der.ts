/** ASN.1 in DER (ITU-T X.690): the few types that a certificate needs. */

export function tagged(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const length = content.length;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(head), content]);
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, ...contents);
}

export function set(...contents: readonly Uint8Array[]): Uint8Array {
  return tagged(0x31, ...contents);
}

export function explicit(number: number, content: Uint8Array): Uint8Array {
  return tagged(0xa0 + number, content);
}

export function boolean(value: boolean): Uint8Array {
  return tagged(0x01, Uint8Array.of(value ? 0xff : 0));
}

/** A number that is not negative, from its big-endian bytes; the first must be set where minimal. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const minimal = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  const needsZero = ((minimal[0] ?? 0) & 0x80) !== 0;
  return needsZero ? tagged(0x02, Uint8Array.of(0), minimal) : tagged(0x02, minimal);
}

export function bitString(bytes: Uint8Array, unusedBits: number): Uint8Array {
  return tagged(0x03, Uint8Array.of(unusedBits), bytes);
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return tagged(0x04, bytes);
}

export function utf8String(text: string): Uint8Array {
  return tagged(0x0c, new TextEncoder().encode(text));
}

/** Whole seconds, UTC; for years before 2050. */
export function utcTime(date: Date): Uint8Array {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:T]/g, "");
  return tagged(0x17, new TextEncoder().encode(digits.slice(2)));
}

/** From its dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
