import { crc32, inflateRawSync } from "node:zlib";
import type { ArchiveFile } from "./tar.ts";

const localMagic = 0x04034b50;
const centralMagic = 0x02014b50;
const endMagic = 0x06054b50;
const deflated = 8;
/** Version 2.0 of the format, made on Unix, so that modes count. */
const version = 20;
const madeOnUnix = (3 << 8) | version;
const regularFile = 0o100000;
const utf8Names = 0x0800;

/**
 * A zip archive by PKWARE's APPNOTE: files only, in the order given, all of one time (seconds since
 * 1970, as UTC), so that the same files give the same bytes.
 */
export function writeZip(files: readonly ArchiveFile[], time: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.path);
    const packed = Bun.deflateSync(new Uint8Array(file.bytes), { library: "libdeflate", level: 9 });
    // What both headers have: from the version that is needed to the length of the extra field.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(version, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(deflated, 4);
    common.writeUInt32LE(dosTime(time), 6);
    common.writeUInt32LE(crc32(file.bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((regularFile | file.mode) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    parts.push(word(localMagic), common, name, packed);
    central.push(word(centralMagic), short(madeOnUnix), common, rest, name);
    offset += 4 + common.length + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endMagic, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** The files of a zip archive without a comment, its checksums checked. Throws for a damaged one. */
export function readZip(archive: Uint8Array): readonly ArchiveFile[] {
  const zip = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = zip.length - 22;
  if (end < 0 || zip.readUInt32LE(end) !== endMagic) throw new Error("the zip archive has no end");
  const files: ArchiveFile[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== centralMagic) throw new Error("the zip directory is damaged");
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    const path = zip.toString("utf8", at + 46, at + 46 + nameLength);
    if (crc32(bytes) !== zip.readUInt32LE(at + 16)) throw new Error(`${path} is damaged`);
    files.push({ path, bytes, mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o777 });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

/** Time and date as MS-DOS has them, in steps of two seconds from 1980 on. */
function dosTime(seconds: number): number {
  const date = new Date(Math.max(seconds, Date.UTC(1980, 0, 1) / 1000) * 1000);
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return ((day << 16) | time) >>> 0;
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function short(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
