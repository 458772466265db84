/**
 * Reading 64-bit little-endian Mach-O files and their code signatures, by `mach-o/loader.h` and
 * `cs_blobs.h` of XNU. Signatures are big-endian.
 */

/** Where the parts that signing is about stand in a file; all in bytes from its start. */
export interface MachO {
  readonly cpu: "x86_64" | "arm64";
  /** LC_CODE_SIGNATURE: where the command stands, and what it points to. */
  readonly signature: { readonly command: number; readonly offset: number; readonly size: number };
  readonly text: Segment;
  readonly linkEdit: Segment;
  readonly segments: readonly Segment[];
}

/** LC_SEGMENT_64 */
export interface Segment {
  /** Where the command stands. */
  readonly command: number;
  readonly name: string;
  readonly fileOffset: number;
  readonly fileSize: number;
}

export const pageSize = 4096;
export const codeDirectoryMagic = 0xfade0c02;
export const superBlobMagic = 0xfade0cc0;
export const signatureCommandOffsets = { dataOffset: 8, dataSize: 12 } as const;
export const segmentCommandOffsets = { memorySize: 32, fileSize: 48 } as const;
export const adHocFlag = 0x2;

const magic = 0xfeedfacf;
const loadSegment = 0x19;
const loadCodeSignature = 0x1d;
const cpus: ReadonlyMap<number, MachO["cpu"]> = new Map([
  [0x01000007, "x86_64"],
  [0x0100000c, "arm64"],
]);

/** Reads the load commands. Throws for what is no 64-bit Mach-O file with a signature. */
export function readMachO(file: Uint8Array): MachO {
  const view = viewOf(file);
  if (file.length < 32 || view.getUint32(0, true) !== magic) throw new Error("not a Mach-O file");
  const cpu = cpus.get(view.getUint32(4, true));
  if (cpu === undefined) throw new Error("a Mach-O file of an unknown CPU");
  const segments: Segment[] = [];
  let signature: MachO["signature"] | undefined;
  let command = 32;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const kind = view.getUint32(command, true);
    if (kind === loadSegment) {
      segments.push({
        command,
        name: textAt(file, command + 8, 16),
        fileOffset: Number(view.getBigUint64(command + 40, true)),
        fileSize: Number(view.getBigUint64(command + segmentCommandOffsets.fileSize, true)),
      });
    } else if (kind === loadCodeSignature) {
      signature = {
        command,
        offset: view.getUint32(command + signatureCommandOffsets.dataOffset, true),
        size: view.getUint32(command + signatureCommandOffsets.dataSize, true),
      };
    }
    command += view.getUint32(command + 4, true);
  }
  const text = segments.find(({ name }) => name === "__TEXT");
  const linkEdit = segments.find(({ name }) => name === "__LINKEDIT");
  if (text === undefined || linkEdit === undefined) throw new Error("no __TEXT or no __LINKEDIT");
  if (signature === undefined) throw new Error("not signed: there is no LC_CODE_SIGNATURE");
  return { cpu, signature, text, linkEdit, segments };
}

/** What is wrong with the signature of a file that is signed ad hoc; empty where nothing is. */
export function signatureProblems(file: Uint8Array): readonly string[] {
  let macho: MachO;
  try {
    macho = readMachO(file);
    return problemsOf(file, macho);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function problemsOf(file: Uint8Array, { signature, text, linkEdit }: MachO): readonly string[] {
  const { offset, size } = signature;
  const problems: string[] = [];
  if (offset + size !== file.length) problems.push("the signature does not end the file");
  if (linkEdit.fileOffset + linkEdit.fileSize !== file.length) {
    problems.push("__LINKEDIT does not end the file");
  }
  const view = viewOf(file);
  if (view.getUint32(offset) !== superBlobMagic) return [...problems, "no SuperBlob"];
  if (view.getUint32(offset + 4) > size) problems.push("the SuperBlob is longer than its place");
  const blobs = Array.from({ length: view.getUint32(offset + 8) }, (_, index) => ({
    slot: view.getUint32(offset + 12 + 8 * index),
    start: offset + view.getUint32(offset + 16 + 8 * index),
  }));
  const directory = blobs.find(({ slot }) => slot === 0)?.start;
  if (directory === undefined || view.getUint32(directory) !== codeDirectoryMagic) {
    return [...problems, "no CodeDirectory"];
  }
  const field = (position: number) => view.getUint32(directory + position);
  const hashesAt = directory + field(16);
  const specialSlots = field(24);
  const codeSlots = field(28);
  const codeLimit = field(32);
  if ((field(12) & adHocFlag) === 0) problems.push("not signed ad hoc");
  if (view.getUint8(directory + 36) !== 32 || view.getUint8(directory + 37) !== 2) {
    return [...problems, "the hashes are not SHA-256"];
  }
  const page = 2 ** view.getUint8(directory + 39);
  if (codeLimit !== offset) {
    problems.push(`the signature covers ${codeLimit} bytes of the ${offset} before it`);
  }
  if (codeSlots !== Math.ceil(codeLimit / page)) problems.push(`${codeSlots} pages are hashed`);
  const executable = Number(view.getBigUint64(directory + 72));
  if (field(8) >= 0x20400 && executable !== text.fileSize) {
    problems.push("the limit of the executable segment is not that of __TEXT");
  }
  const wrong = Array.from({ length: codeSlots }, (_, index) => index).filter((index) => {
    const end = Math.min((index + 1) * page, codeLimit);
    const stated = file.subarray(hashesAt + 32 * index, hashesAt + 32 * (index + 1));
    return !Buffer.from(stated).equals(sha256(file.subarray(index * page, end)));
  });
  if (wrong.length > 0) {
    problems.push(`${wrong.length} page hashes are wrong, the first of page ${wrong[0]}`);
  }
  for (const { slot, start } of blobs.filter(
    (blob) => blob.slot > 0 && blob.slot <= specialSlots,
  )) {
    const blob = file.subarray(start, start + view.getUint32(start + 4));
    const stated = file.subarray(hashesAt - 32 * slot, hashesAt - 32 * (slot - 1));
    if (!Buffer.from(stated).equals(sha256(blob)))
      problems.push(`the hash of slot ${slot} is wrong`);
  }
  return problems;
}

export function sha256(bytes: Uint8Array): Buffer {
  return new Bun.CryptoHasher("sha256").update(bytes).digest();
}

export function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}

function textAt(file: Uint8Array, start: number, length: number): string {
  return Buffer.from(file.subarray(start, start + length))
    .toString("latin1")
    .replace(/\0.*$/s, "");
}
