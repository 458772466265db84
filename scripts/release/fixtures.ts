/**
 * Small programs that only the gates ever see: sound ones that they must let through, and broken
 * ones that they must refuse, so that a gate that lets everything through is found out.
 */
import type { Identity } from "./gates/binary.ts";
import { signAdHoc } from "./mach-o-sign.ts";

/** What the fixtures say that they are. */
export const fixtureIdentity = { version: "1.2.3", commit: "0123456789ab" } as const;

export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly identity: Identity;
  /** What the gate must say of it; undefined where it must say nothing. */
  readonly refusedFor: RegExp | undefined;
}

export function gateFixtures(): readonly Fixture[] {
  const mac: Identity = { ...fixtureIdentity, target: "darwin-x64" };
  const linux: Identity = { ...fixtureIdentity, target: "linux-x64" };
  const signed = signAdHoc(smallMachO(program(mac)), "letme");
  const brokenSignature = new Uint8Array(signed);
  // A byte of the second page, behind the program.
  brokenSignature.fill(1, 8000, 8001);
  const elf = smallElf(program(linux));
  return [
    { name: "signed", bytes: signed, identity: mac, refusedFor: undefined },
    {
      name: "broken signature",
      bytes: brokenSignature,
      identity: mac,
      refusedFor: /1 page hashes are wrong, the first of page 1/,
    },
    { name: "whole", bytes: elf, identity: linux, refusedFor: undefined },
    { name: "stripped", bytes: stripped(elf), identity: linux, refusedFor: /never loaded/ },
  ];
}

/** What Bun appends: modules, the record of their places with all flags set, and the end mark. */
function program({ target, version, commit }: Identity): Uint8Array {
  const modules = Buffer.from(`letme ${version} "${commit}" "${target}"\n`);
  const record = Buffer.alloc(32);
  record.writeBigUInt64LE(BigInt(modules.length), 0);
  record.writeUInt32LE(0b1111, 28);
  return Buffer.concat([modules, record, Buffer.from("\n---- Bun! ----\n")]);
}

/** Two pages of __TEXT with the program in them, a __LINKEDIT, and an empty signature. */
function smallMachO(content: Uint8Array): Uint8Array {
  const textSize = 8192;
  const linkEditSize = 16;
  const file = Buffer.alloc(textSize + linkEditSize);
  const words = (at: number, ...values: readonly number[]) => {
    for (const [index, value] of values.entries()) file.writeUInt32LE(value, at + 4 * index);
  };
  // Magic, x86-64, executable, three commands.
  words(0, 0xfeedfacf, 0x01000007, 3, 2, 3, 72 + 72 + 16);
  const segment = (at: number, name: string, offset: number, size: number) => {
    words(at, 0x19, 72);
    file.write(name, at + 8, "latin1");
    file.writeBigUInt64LE(BigInt(size), at + 32);
    file.writeBigUInt64LE(BigInt(offset), at + 40);
    file.writeBigUInt64LE(BigInt(size), at + 48);
  };
  segment(32, "__TEXT", 0, textSize);
  segment(104, "__LINKEDIT", textSize, linkEditSize);
  words(176, 0x1d, 16, file.length, 0);
  file.set(content, 512);
  return file;
}

const elfProgramAt = 512;
const elfPointerAt = 504;
const elfAddress = 0x400000;

/** One writable segment with the program's address and the program, and a `.bun` section. */
function smallElf(content: Uint8Array): Uint8Array {
  const sections = 2048;
  const file = Buffer.alloc(sections + 3 * 64);
  file.write("\x7fELF\x02\x01\x01", 0, "latin1");
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(BigInt(sections), 40);
  file.writeUInt16LE(1, 56);
  file.writeUInt16LE(3, 60);
  file.writeUInt16LE(2, 62);
  // PT_LOAD, readable and writable: all of the file.
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(6, 68);
  file.writeBigUInt64LE(BigInt(elfAddress), 80);
  file.writeBigUInt64LE(BigInt(sections), 96);
  const names = "\0.bun\0.shstrtab\0";
  file.write(names, 256, "latin1");
  const section = (index: number, name: number, at: number, size: number) => {
    const header = sections + 64 * index;
    file.writeUInt32LE(name, header);
    file.writeBigUInt64LE(BigInt(elfAddress + at), header + 16);
    file.writeBigUInt64LE(BigInt(at), header + 24);
    file.writeBigUInt64LE(BigInt(size), header + 32);
  };
  section(1, 1, elfProgramAt, content.length);
  section(2, 6, 256, names.length);
  file.writeBigUInt64LE(BigInt(elfAddress + elfProgramAt), elfPointerAt);
  file.set(content, elfProgramAt);
  return file;
}

/** As `strip` leaves it: the program stays, the word with its address is cleared. */
function stripped(elf: Uint8Array): Uint8Array {
  return new Uint8Array(elf).fill(0, elfPointerAt, elfPointerAt + 8);
}
