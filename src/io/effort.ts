// The build has Bun compile what is run often to machine code later than it would: most runs are
// over before that pays (see `jitPolicy` in scripts/build-targets.ts). A run with much to do is not.
const muchBytes = 1 << 16;
let bytesLeft = muchBytes;

/** Takes note of bytes to work through; behind 64 KB, what is run often is compiled as usual. */
export function countWork<T extends Uint8Array | undefined>(bytes: T): T {
  if (bytes === undefined || bytesLeft <= 0) return bytes;
  bytesLeft -= bytes.length;
  if (bytesLeft <= 0) Bun.unsafe.setJITPolicy(1);
  return bytes;
}
