/** Reading 64-bit little-endian ELF files, by the System V ABI and the LSB on symbol versions. */

/** What a loader needs to know of a program, and what letme's gates look at. */
export interface Elf {
  readonly cpu: "x64" | "arm64";
  /** DT_NEEDED: the libraries that it is linked against. */
  readonly libraries: readonly string[];
  /** The versions of symbols that it needs, as `GLIBC_2.17`. */
  readonly symbolVersions: readonly string[];
  readonly sections: readonly ElfSection[];
  /** PT_LOAD */
  readonly segments: readonly ElfSegment[];
}

export interface ElfSection {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** The number of another section that it refers to. */
  readonly link: number;
}

export interface ElfSegment {
  readonly writable: boolean;
  readonly address: number;
  readonly offset: number;
  readonly fileSize: number;
}

const cpus: ReadonlyMap<number, Elf["cpu"]> = new Map([
  [62, "x64"],
  [183, "arm64"],
]);
const loadSegment = 1;
const writableFlag = 2;
const neededTag = 1n;
const sectionHeaderSize = 64;
const programHeaderSize = 56;

/** Reads the headers. Throws for what is no 64-bit little-endian ELF file. */
export function readElf(bytes: Uint8Array): Elf {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 64 || file.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") {
    throw new Error("not a 64-bit ELF file");
  }
  const cpu = cpus.get(file.readUInt16LE(18));
  if (cpu === undefined) throw new Error("an ELF file of an unknown CPU");
  const sections = readSections(file);
  return {
    cpu,
    sections,
    segments: readSegments(file),
    libraries: readLibraries(file, sections),
    symbolVersions: readSymbolVersions(file, sections),
  };
}

function readSections(file: Buffer): readonly ElfSection[] {
  const start = number(file, 40);
  const raw = Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = start + sectionHeaderSize * index;
    return {
      nameAt: file.readUInt32LE(at),
      address: number(file, at + 16),
      offset: number(file, at + 24),
      size: number(file, at + 32),
      link: file.readUInt32LE(at + 40),
    };
  });
  const names = raw[file.readUInt16LE(62)]?.offset ?? 0;
  return raw.map(({ nameAt, ...section }) => ({ name: textAt(file, names + nameAt), ...section }));
}

function readSegments(file: Buffer): readonly ElfSegment[] {
  const start = number(file, 32);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    return start + programHeaderSize * index;
  })
    .filter((at) => file.readUInt32LE(at) === loadSegment)
    .map((at) => ({
      writable: (file.readUInt32LE(at + 4) & writableFlag) !== 0,
      offset: number(file, at + 8),
      address: number(file, at + 16),
      fileSize: number(file, at + 32),
    }));
}

function readLibraries(file: Buffer, sections: readonly ElfSection[]): readonly string[] {
  const dynamic = sections.find(({ name }) => name === ".dynamic");
  if (dynamic === undefined) return [];
  const strings = sections[dynamic.link]?.offset ?? 0;
  const libraries: string[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    if (file.readBigUInt64LE(at) === neededTag) {
      libraries.push(textAt(file, strings + number(file, at + 8)));
    }
  }
  return libraries;
}

/** The names in `.gnu.version_r`: a list of libraries, each with a list of versions. */
function readSymbolVersions(file: Buffer, sections: readonly ElfSection[]): readonly string[] {
  const section = sections.find(({ name }) => name === ".gnu.version_r");
  if (section === undefined) return [];
  const strings = sections[section.link]?.offset ?? 0;
  const versions: string[] = [];
  for (let library = section.offset, next = 1; next !== 0; library += next) {
    let version = library + file.readUInt32LE(library + 8);
    for (let left = file.readUInt16LE(library + 2); left > 0; left--) {
      versions.push(textAt(file, strings + file.readUInt32LE(version + 8)));
      version += file.readUInt32LE(version + 12);
    }
    next = file.readUInt32LE(library + 12);
  }
  return versions;
}

function number(file: Buffer, at: number): number {
  return Number(file.readBigUInt64LE(at));
}

function textAt(file: Buffer, at: number): string {
  return file.toString("latin1", at, file.indexOf(0, at));
}
