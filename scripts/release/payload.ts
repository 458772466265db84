/**
 * What Bun puts into a binary that it compiles: the modules, then a record that says where they
 * are, then a line that marks the end. The record ends with flags; of a flag that is not set, Bun
 * reads the file of that kind from the folder that the program is run in.
 */

const endMark = Buffer.from("\n---- Bun! ----\n");
/** Length of all, places of modules, entry point, arguments; then the flags. */
const recordSize = 32;
const flagNames = [".env", "bunfig.toml", "tsconfig.json", "package.json"] as const;

export interface Payload {
  /** Bytes from the file's start, of the modules' first byte and behind the end mark. */
  readonly start: number;
  readonly end: number;
  /** The files that the program would read from the folder that it is run in. */
  readonly reads: readonly string[];
}

/** The payload of a compiled program; undefined where there is none, as in plain Bun. */
export function findPayload(bytes: Uint8Array): Payload | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Bun's own code holds the mark too, so its last place counts, and what stands before it.
  const mark = file.lastIndexOf(endMark);
  if (mark < recordSize) return undefined;
  const record = mark - recordSize;
  const length = file.readBigUInt64LE(record);
  if (length === 0n || length > BigInt(record)) return undefined;
  const flags = file.readUInt32LE(mark - 4);
  return {
    start: record - Number(length),
    end: mark + endMark.length,
    reads: flagNames.filter((_, bit) => (flags & (1 << bit)) === 0),
  };
}
