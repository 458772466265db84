/** A file of an archive. */
export interface ArchiveFile {
  /** Its path in the archive, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

const block = 512;

/**
 * A tar archive in the ustar format of POSIX.1-1988: files only, in the order given, all of one
 * time (seconds since 1970) and of nobody, so that the same files give the same bytes.
 */
export function writeTar(files: readonly ArchiveFile[], time: number): Uint8Array {
  const parts = files.flatMap(({ path, bytes, mode }) => [
    header(path, bytes.length, mode, time),
    bytes,
    new Uint8Array((block - (bytes.length % block)) % block),
  ]);
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

/** The files of a tar archive as `writeTar` makes it. Throws for anything else. */
export function readTar(archive: Uint8Array): readonly ArchiveFile[] {
  const files: ArchiveFile[] = [];
  for (let start = 0; start + block <= archive.length; ) {
    const head = Buffer.from(archive.subarray(start, start + block));
    if (head[0] === 0) return files;
    const text = (from: number, length: number) =>
      head.toString("latin1", from, from + length).replace(/[\0 ].*$/s, "");
    if (parseInt(text(148, 8), 8) !== checksum(head)) throw new Error("a tar header is damaged");
    if (text(156, 1) !== "0") throw new Error(`${text(0, 100)} is no regular file`);
    const size = parseInt(text(124, 12), 8);
    const bytes = archive.subarray(start + block, start + block + size);
    files.push({ path: text(0, 100), bytes, mode: parseInt(text(100, 8), 8) });
    start += block + Math.ceil(size / block) * block;
  }
  throw new Error("the tar archive has no end");
}

function header(path: string, size: number, mode: number, time: number): Uint8Array {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for a tar header`);
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    head.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  head.write(path, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(time, 136, 12);
  head.write("0", 156);
  head.write("ustar\x0000", 257, "latin1");
  octal(checksum(head), 148, 7);
  head.write(" ", 155);
  return head;
}

/** The sum of a header's bytes, its own checksum counted as blanks. */
function checksum(head: Uint8Array): number {
  return head.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}
