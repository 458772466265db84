import { TomlError } from "smol-toml";
import { errnoOf, LetmeError, readingProblem } from "../errors.ts";
import { makePrivateFolder } from "../files/private-folder.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import { showCommand } from "../hint-commands.ts";
import type { Files, Host, ReadHandle } from "../host.ts";
import { folderOf } from "../paths.ts";
import type { Account, CheckedAccount, UnsoundEntry } from "./account.ts";
import { readLeftOut, renderLeftOut } from "./left-out.ts";
import { entriesByName, pickEntries, type Registry } from "./registry.ts";
import { findTable } from "./sorted-tables.ts";
import { headerLine, parseAccounts, renderAccount } from "./toml.ts";

/** What a snapshot's header of comments says; the original's snapshots have none. */
export interface SnapshotHeader {
  readonly table: string | undefined;
  readonly region: string | undefined;
  readonly takenAt: Date | undefined;
  /** Whether there is nothing but comments in it. */
  readonly empty: boolean;
  /** Whether the tables stand in the order of their headers' bytes, so that one can be looked up. */
  readonly sorted: boolean;
  /** All of a short file: it was read with its header. */
  readonly whole: Uint8Array | undefined;
}

// For more names than these the whole file is read, once.
const mostLookUps = 50;
const sortedLine = "# sorted: yes";

/** Where and when a snapshot was taken. */
interface Place {
  readonly table: string;
  readonly region: string;
  readonly takenAt: Date;
}

/**
 * The text of a snapshot: the header, then a table an account, in the order of their headers. What
 * was left out stands in the header, so that it is told from the snapshot as from the table.
 */
export function renderSnapshot(
  accounts: readonly Account[],
  place: Place,
  leftOut: readonly UnsoundEntry[] = [],
): string {
  const tables = accounts.map((account) => ({
    header: Buffer.from(headerLine(account.name)),
    text: renderAccount(account),
  }));
  tables.sort((one, other) => Buffer.compare(one.header, other.header));
  const header = [
    "# The accounts that letme knows. `letme init` writes this file anew and `letme init --remove`",
    "# deletes it; changes by hand are lost.",
    `# table: ${place.table}`,
    `# region: ${place.region}`,
    `# taken: ${place.takenAt.toISOString()}`,
    sortedLine,
    ...leftOut.map(renderLeftOut).toSorted(),
  ];
  return `${header.join("\n")}\n\n${tables.map(({ text }) => text.trimEnd()).join("\n\n")}\n`;
}

/** Writes the snapshot whole or not at all. */
export async function writeSnapshot(
  host: Host,
  path: string,
  accounts: readonly Account[],
  place: Place,
  leftOut: readonly UnsoundEntry[],
): Promise<void> {
  makePrivateFolder(host, folderOf(path, host.platform));
  removeLeftoversOf(host, [path]);
  await writeWhole(host, path, Buffer.from(renderSnapshot(accounts, place, leftOut)), {
    mode: 0o600,
  });
}

/**
 * The header of the snapshot at this path; undefined where there is no file. Throws where what is
 * there cannot be read, or is no file: from a pipe letme would wait for ever.
 */
export function readSnapshotHeader(files: Files, path: string): SnapshotHeader | undefined {
  const status = files.status(path);
  if (status === undefined) return undefined;
  if (status.kind !== "file") throw new Error("not a regular file");
  const handle = files.openForRead(path);
  if (handle === undefined) return undefined;
  try {
    return decodeHeader(handle, status.modifiedMilliseconds);
  } finally {
    handle.close();
  }
}

/** The comments stand at the start, in a few hundred bytes; some dozens of accounts fit in too. */
const startLength = 16_384;

function decodeHeader(handle: ReadHandle, modifiedMilliseconds: number): SnapshotHeader {
  const comments = new Map<string, string>();
  const bytes = handle.readAt(0, Math.min(handle.size, startLength));
  const whole = bytes.length === handle.size ? bytes : undefined;
  const start = new TextDecoder().decode(bytes);
  for (const line of start.split("\n")) {
    if (!line.startsWith("#")) break;
    const [, key, value] = /^# (\w+): (.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) comments.set(key, value);
  }
  const taken = new Date(comments.get("taken") ?? modifiedMilliseconds ?? Number.NaN);
  return {
    table: comments.get("table"),
    region: comments.get("region"),
    takenAt: Number.isNaN(taken.getTime()) ? undefined : taken,
    empty: whole !== undefined && !/^\s*[^\s#]/m.test(start),
    sorted: comments.get("sorted") === "yes",
    whole,
  };
}

/** The snapshot as a registry; its header was read already. */
export function snapshotRegistry(files: Files, path: string, header: SnapshotHeader): Registry {
  const entries = () => {
    const text = readText(files, path);
    const accounts = parsed(path, text, "correct the file, or write it anew with `letme init`");
    const leftOut = readLeftOut(text);
    if (leftOut.length === 0) return accounts;
    // What somebody put in by hand since then counts.
    const there = entriesByName(accounts);
    const isMissing = ({ name }: UnsoundEntry) => name === undefined || !there.has(name);
    return [...accounts, ...leftOut.filter(isMissing)];
  };
  return {
    description: `the snapshot \`${path}\``,
    remote: false,
    takenAt: header.takenAt,
    async find(name) {
      return (
        (header.sorted ? lookUp(files, path, header, name) : undefined) ?? named(entries(), name)
      );
    },
    async findMany(names) {
      const looksUp = header.sorted && names.length <= mostLookUps;
      const found = new Map<string, CheckedAccount | undefined>(
        looksUp ? names.map((name) => [name, lookUp(files, path, header, name)]) : [],
      );
      const others = names.filter((name) => found.get(name) === undefined);
      if (others.length === 0) return found;
      return new Map([...found, ...pickEntries(entries(), others)]);
    },
    async list() {
      return entries();
    },
  };
}

/** The accounts of a file kept by hand. A file that is not there is an error: it was named. */
export function registryFile(files: Files, path: string): Registry {
  const entries = () => parsed(path, readText(files, path), "correct the file");
  return {
    description: `the registry file \`${path}\``,
    remote: false,
    takenAt: undefined,
    async find(name) {
      return named(entries(), name);
    },
    async findMany(names) {
      return pickEntries(entries(), names);
    },
    async list() {
      return entries();
    },
  };
}

function named(entries: readonly CheckedAccount[], name: string): CheckedAccount | undefined {
  return pickEntries(entries, [name]).get(name);
}

/**
 * Finds one account without reading the file whole, so that the size of the registry costs
 * nothing. Undefined where it is not found so; then the whole file is to be read, in case somebody
 * changed it by hand.
 */
function lookUp(
  files: Files,
  path: string,
  { whole }: SnapshotHeader,
  name: string,
): CheckedAccount | undefined {
  const handle = whole === undefined ? files.openForRead(path) : handleOf(whole);
  if (handle === undefined) return undefined;
  try {
    const text = findTable(handle, headerLine(name));
    return text === undefined ? undefined : named(parseAccounts(text), name);
  } catch (error) {
    if (error instanceof TomlError) return undefined;
    throw error;
  } finally {
    handle.close();
  }
}

/** Bytes that were read already, to be read in parts. */
function handleOf(bytes: Uint8Array): ReadHandle {
  return {
    size: bytes.length,
    readAt: (position, length) => bytes.subarray(position, position + length),
    close: () => undefined,
  };
}

function readText(files: Files, path: string): string {
  try {
    const bytes = files.read(path, "work through");
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new LetmeError("configuration", `\`${path}\` cannot be read (${readingProblem(error)})`, {
      hint: `see what it is, whom it belongs to and its mode: ${showCommand(path)}`,
      cause: error,
    });
  }
  throw new LetmeError("configuration", `\`${path}\` is not there`, {
    hint: "check the path of the registry file",
  });
}

function parsed(path: string, text: string, hint: string): readonly CheckedAccount[] {
  try {
    return parseAccounts(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    const place = `${path}:${error.line}:${error.column}`;
    throw new LetmeError("configuration", `${place}: not valid TOML: ${reason}`, { hint });
  }
}
