import {
  adHocFlag,
  codeDirectoryMagic,
  pageSize,
  readMachO,
  segmentCommandOffsets,
  sha256,
  signatureCommandOffsets,
  superBlobMagic,
  viewOf,
} from "./mach-o.ts";

const superBlobHeader = 20;
/** Of a CodeDirectory of version 0x20400, which has the fields of the executable segment. */
const directoryHeader = 88;
const directoryVersion = 0x20400;
const linkerSignedFlag = 0x20000;
const mainBinaryFlag = 1n;

/**
 * The file with an ad-hoc signature in place of the one that it has, as a linker makes it: one
 * CodeDirectory with the SHA-256 of each page of 4 KiB, and no more. Ends with the signature.
 */
export function signAdHoc(file: Uint8Array, identifier: string): Uint8Array {
  const macho = readMachO(file);
  const codeLimit = macho.signature.offset;
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(codeLimit / pageSize);
  const directorySize = directoryHeader + name.length + 32 * pages;
  const size = superBlobHeader + directorySize;

  const signed = new Uint8Array(codeLimit + size);
  signed.set(file.subarray(0, codeLimit));
  const view = viewOf(signed);
  // The load commands are part of what is hashed: they come first.
  const { command } = macho.signature;
  view.setUint32(command + signatureCommandOffsets.dataSize, size, true);
  const { command: linkEdit, fileOffset } = macho.linkEdit;
  const linkEditSize = signed.length - fileOffset;
  view.setBigUint64(linkEdit + segmentCommandOffsets.fileSize, BigInt(linkEditSize), true);
  view.setBigUint64(
    linkEdit + segmentCommandOffsets.memorySize,
    BigInt(Math.ceil(linkEditSize / pageSize) * pageSize),
    true,
  );

  const words = (start: number, ...values: readonly number[]) => {
    for (const [index, value] of values.entries()) view.setUint32(start + 4 * index, value);
  };
  // SuperBlob: magic, length, number of blobs; then slot and place of the only one.
  words(codeLimit, superBlobMagic, size, 1, 0, superBlobHeader);
  const directory = codeLimit + superBlobHeader;
  const flags = adHocFlag | linkerSignedFlag;
  const hashesAt = directoryHeader + name.length;
  words(directory, codeDirectoryMagic, directorySize, directoryVersion, flags);
  // Places of hashes and identifier, special slots, code slots, code limit.
  words(directory + 16, hashesAt, directoryHeader, 0, pages, codeLimit);
  // Size and kind of a hash (SHA-256), platform, page size as a power of two.
  signed.set([32, 2, 0, Math.log2(pageSize)], directory + 36);
  view.setBigUint64(directory + 64, BigInt(macho.text.fileOffset));
  view.setBigUint64(directory + 72, BigInt(macho.text.fileSize));
  view.setBigUint64(directory + 80, mainBinaryFlag);
  signed.set(name, directory + directoryHeader);
  for (let page = 0; page < pages; page++) {
    const end = Math.min((page + 1) * pageSize, codeLimit);
    signed.set(sha256(signed.subarray(page * pageSize, end)), directory + hashesAt + 32 * page);
  }
  return signed;
}
