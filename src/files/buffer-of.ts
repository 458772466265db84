/** The same bytes as a Buffer, for its searches and encodings; nothing is copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  // As bytes of a file are: asking that is many times faster than the first `Buffer.from`.
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
