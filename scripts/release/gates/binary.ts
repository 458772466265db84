/** The gates that look at a binary without running it: they hold for every target, on any machine. */
import type { Target } from "../../build-targets.ts";
import { type Elf, readElf } from "../elf.ts";
import { readMachO, signatureProblems } from "../mach-o.ts";
import { findPayload, type Payload } from "../payload.ts";

/** What a binary says that it is. */
export interface Identity {
  readonly target: Target;
  readonly version: string;
  /** Empty where it was built outside a checkout. */
  readonly commit: string;
}

/** The newest version of glibc whose symbols may be needed: that of CentOS 7 and Debian 8. */
const newestGlibc = [2, 17] as const;

/** The libraries that may be needed; the README says which of them Alpine has to be given. */
const libraries = {
  glibc: /^(libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|ld-linux-[\w-]+\.so\.\d)$/,
  musl: /^(libc\.musl-\w+\.so\.1|libstdc\+\+\.so\.6)$/,
} as const;

/** What is wrong with a binary; empty where nothing is. */
export function binaryProblems(binary: Uint8Array, identity: Identity): readonly string[] {
  const payload = findPayload(binary);
  if (payload === undefined) return ["there is no program in it: it is plain Bun"];
  return [
    ...payload.reads.map((file) => `it reads ${file} of the folder that it is run in`),
    ...identityProblems(binary.subarray(payload.start, payload.end), identity),
    ...formatProblems(binary, payload, identity.target),
  ];
}

function identityProblems(
  program: Uint8Array,
  { target, version, commit }: Identity,
): readonly string[] {
  const text = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  return [
    text.includes(`letme ${version}`) ? [] : [`it is not version ${version}`],
    text.includes(`"${target}"`) ? [] : [`it does not call itself ${target}`],
    text.includes(`"${commit}"`) ? [] : [`it is not of commit ${commit}`],
  ].flat();
}

function formatProblems(binary: Uint8Array, payload: Payload, target: Target): readonly string[] {
  const [system, cpu, libc = "glibc"] = target.split("-");
  try {
    if (system === "linux") {
      return elfProblems(binary, payload, cpu ?? "", libc === "musl" ? "musl" : "glibc");
    }
    return system === "darwin" ? machOProblems(binary, cpu ?? "") : peProblems(binary, cpu ?? "");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function elfProblems(
  binary: Uint8Array,
  payload: Payload,
  cpu: string,
  libc: keyof typeof libraries,
): readonly string[] {
  const elf = readElf(binary);
  return [
    ...(elf.cpu === cpu ? [] : [`it is for ${elf.cpu}`]),
    ...elf.libraries
      .filter((name) => !libraries[libc].test(name))
      .map((name) => `it needs the library ${name}`),
    ...elf.symbolVersions.filter(isTooNew).map((version) => `it needs ${version}`),
    ...(isLoaded(binary, elf, payload)
      ? []
      : ["the program in it is never loaded, as after strip: it would run as plain Bun"]),
  ];
}

function isTooNew(version: string): boolean {
  const [, major, minor] = /^GLIBC_(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [newestMajor, newestMinor] = newestGlibc;
  return Number(major) > newestMajor || (major === `${newestMajor}` && Number(minor) > newestMinor);
}

/**
 * Whether Bun finds the program: it is mapped into memory, and a word of the writable memory holds
 * its address. `strip` keeps the program but clears that word.
 */
function isLoaded(binary: Uint8Array, elf: Elf, payload: Payload): boolean {
  const section = elf.sections.find(({ name }) => name === ".bun");
  const segment = elf.segments.find(({ offset, fileSize }) => {
    return offset <= payload.start && payload.end <= offset + fileSize;
  });
  if (section === undefined || segment?.writable !== true) return false;
  const address = Buffer.alloc(8);
  address.writeBigUInt64LE(BigInt(section.address));
  const memory = Buffer.from(
    binary.buffer,
    binary.byteOffset + segment.offset,
    section.offset - segment.offset,
  );
  for (let at = memory.indexOf(address); at !== -1; at = memory.indexOf(address, at + 1)) {
    if ((segment.address + at) % 8 === 0) return true;
  }
  return false;
}

function machOProblems(binary: Uint8Array, cpu: string): readonly string[] {
  const found = readMachO(binary).cpu === "arm64" ? "arm64" : "x64";
  return [...(found === cpu ? [] : [`it is for ${found}`]), ...signatureProblems(binary)];
}

/** The machine of a PE file's header, by Microsoft's PE format. */
const machines: ReadonlyMap<number, string> = new Map([
  [0x8664, "x64"],
  [0xaa64, "arm64"],
]);

function peProblems(binary: Uint8Array, cpu: string): readonly string[] {
  const file = Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength);
  const header = file.toString("latin1", 0, 2) === "MZ" ? file.readUInt32LE(60) : 0;
  if (header === 0 || file.toString("latin1", header, header + 4) !== "PE\0\0") {
    return ["it is not a Windows program"];
  }
  const found = machines.get(file.readUInt16LE(header + 4)) ?? "another CPU";
  return found === cpu ? [] : [`it is for ${found}`];
}
