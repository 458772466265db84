import { resolve } from "node:path/posix";
import type {
  FileStatus,
  Files,
  Host,
  LinkEntry,
  Lock,
  Platform,
  ReadHandle,
  WriteHandle,
} from "../../src/host.ts";

interface Node {
  kind: "file" | "directory" | "link";
  bytes: Uint8Array;
  target: string;
  mode: number;
  owner: number;
  group: number;
  modified: number;
  identity: number;
  /** Other names that it has somewhere. */
  otherNames: number;
  /** Extended attributes. */
  attributes: ReadonlyMap<string, string>;
}

/** What happens at an operation: an error instead of it, or the end of the program from there on. */
export type Fault = { readonly errno: string } | { readonly crash: true };

/** Thrown by every operation after a crash, as nothing of a killed program runs any more. */
export class Crash extends Error {}

/**
 * Files in memory with the rules of a POSIX system that matter here: links, modes, whole renames.
 * Every call counts as one operation; `beforeOperation` may make it fail or change files first.
 */
export class MemoryFiles implements Files {
  readonly nodes = new Map<string, Node>();
  /** Names of the operations so far, for messages and counting. */
  readonly operations: string[] = [];
  beforeOperation: (index: number, name: string, path: string) => Fault | undefined = () =>
    undefined;
  user = 1000;
  /** Whether the system can swap two files in one step. */
  canExchange = true;
  #crashed = false;
  #locks = new Set<string>();
  #identities = 0;
  #time = 0;

  constructor() {
    this.#add("/", "directory", 0o755);
  }

  /** Puts a file there without an operation; folders are made. */
  put(path: string, content: string | Uint8Array, mode = 0o600, owner = 1000): void {
    this.#folders(parentOf(path), 0o700);
    const node = this.#add(path, "file", mode);
    node.bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    node.owner = owner;
  }

  putLink(path: string, target: string): void {
    this.#folders(parentOf(path), 0o700);
    this.#add(path, "link", 0o777).target = target;
  }

  putFolder(path: string, mode = 0o700): void {
    this.#folders(path, mode);
  }

  /** The bytes of a file as UTF-8, links followed, without an operation. */
  text(path: string): string | undefined {
    const node = this.nodes.get(this.#resolve(path));
    return node === undefined ? undefined : Buffer.from(node.bytes).toString("utf8");
  }

  bytes(path: string): Uint8Array | undefined {
    return this.nodes.get(this.#resolve(path))?.bytes;
  }

  mode(path: string): number | undefined {
    return this.nodes.get(this.#resolve(path))?.mode;
  }

  paths(): string[] {
    return [...this.nodes.keys()].sort();
  }

  /** A new program on the same disk: locks are gone, nothing fails. */
  restart(): void {
    this.#crashed = false;
    this.#locks = new Set();
    this.operations.length = 0;
    this.beforeOperation = () => undefined;
  }

  read(path: string): Uint8Array | undefined {
    this.#operation("read", path);
    const node = this.#find(path);
    if (node?.kind === "directory") throw systemError("EISDIR");
    return node?.bytes;
  }

  holds(path: string, bytes: Uint8Array): boolean {
    const found = this.read(path);
    return found !== undefined && Buffer.compare(found, bytes) === 0;
  }

  openForRead(path: string): ReadHandle | undefined {
    const bytes = this.read(path);
    if (bytes === undefined) return undefined;
    return {
      size: bytes.length,
      readAt: (position, length) => bytes.subarray(position, position + length),
      close: () => undefined,
    };
  }

  status(path: string): FileStatus | undefined {
    this.#operation("status", path);
    const node = this.#find(path);
    return node === undefined ? undefined : statusOf(node);
  }

  entry(path: string): FileStatus | LinkEntry | undefined {
    this.#operation("entry", path);
    const node = this.nodes.get(this.#resolve(parentOf(path), path));
    if (node === undefined) return undefined;
    return node.kind === "link" ? { kind: "link", target: node.target } : statusOf(node);
  }

  create(path: string, mode: number): WriteHandle {
    this.#operation("create", path);
    const folder = this.#find(parentOf(path));
    if (folder === undefined) throw systemError("ENOENT");
    if (folder.kind !== "directory") throw systemError("ENOTDIR");
    if (this.nodes.has(path)) throw systemError("EEXIST");
    const node = this.#add(path, "file", mode & ~0o022);
    return {
      write: (bytes) => {
        this.#operation("write", path);
        node.bytes = Buffer.concat([node.bytes, bytes]);
      },
      changeMode: (bits) => {
        this.#operation("changeMode", path);
        node.mode = bits;
      },
      changeOwner: (owner, group) => {
        this.#operation("changeOwner", path);
        if (this.user !== 0 && owner !== this.user) throw systemError("EPERM");
        node.owner = owner;
        node.group = group;
      },
      sync: () => this.#operation("sync", path),
      close: () => this.#operation("close", path),
    };
  }

  rename(from: string, to: string): void {
    this.#operation("rename", to);
    const node = this.nodes.get(from);
    if (node === undefined) throw systemError("ENOENT");
    if (this.nodes.get(to)?.kind === "directory") throw systemError("EISDIR");
    this.nodes.delete(from);
    this.nodes.set(to, node);
  }

  checkFolder(path: string): void {
    this.#operation("checkFolder", path);
    const node = this.#find(path);
    if (node === undefined) throw systemError("ENOENT");
    if (node.kind !== "directory") throw systemError("ENOTDIR");
    if (this.user !== 0 && (node.mode & 0o300) !== 0o300) throw systemError("EACCES");
  }

  exchange(one: string, other: string): boolean {
    this.#operation("exchange", other);
    const [first, second] = [this.nodes.get(one), this.nodes.get(other)];
    if (!this.canExchange || first === undefined || second === undefined) return false;
    this.nodes.set(one, second);
    this.nodes.set(other, first);
    return true;
  }

  copyAttributes(from: string, to: string): readonly string[] {
    this.#operation("copyAttributes", to);
    const [source, target] = [this.nodes.get(from), this.nodes.get(to)];
    if (source === undefined || target === undefined) throw systemError("ENOENT");
    target.attributes = source.attributes;
    return [];
  }

  remove(path: string): void {
    this.#operation("remove", path);
    if (!this.nodes.delete(path)) throw systemError("ENOENT");
  }

  makeDirectory(path: string, mode: number): void {
    this.#operation("makeDirectory", path);
    this.#folders(path, mode);
  }

  list(path: string): readonly string[] {
    this.#operation("list", path);
    if (this.#find(path) === undefined) throw systemError("ENOENT");
    const folder = this.#resolve(path);
    return [...this.nodes.keys()]
      .filter((name) => name !== folder && parentOf(name) === folder)
      .map((name) => name.slice(name.lastIndexOf("/") + 1));
  }

  absolute(path: string): string {
    return resolve("/", path);
  }

  changeMode(path: string, mode: number): void {
    this.#operation("chmod", path);
    const node = this.#find(path);
    if (node === undefined) throw systemError("ENOENT");
    node.mode = mode;
  }

  syncDirectory(path: string): void {
    this.#operation("syncDirectory", path);
  }

  async lock(path: string, timeoutMilliseconds: number): Promise<Lock> {
    this.#operation("lock", path);
    if (this.#find(parentOf(path)) === undefined) throw systemError("ENOENT");
    for (let tries = 0; this.#locks.has(path); tries += 1) {
      if (tries > timeoutMilliseconds) throw systemError("ELOCKED");
      await Promise.resolve();
    }
    this.#locks.add(path);
    return { release: () => this.#locks.delete(path) };
  }

  #operation(name: string, path: string): void {
    if (this.#crashed) throw new Crash();
    const fault = this.beforeOperation(this.operations.length, name, path);
    this.operations.push(`${name} ${path}`);
    if (fault === undefined) return;
    if ("errno" in fault) throw systemError(fault.errno);
    this.#crashed = true;
    throw new Crash();
  }

  #find(path: string): Node | undefined {
    return this.nodes.get(this.#resolve(path));
  }

  /** Links of the last part followed; `original` keeps it. */
  #resolve(path: string, original?: string): string {
    if (original !== undefined) return original;
    let at = path;
    for (let links = 0; links < 41; links += 1) {
      const node = this.nodes.get(at);
      if (node?.kind !== "link") return at;
      at = node.target.startsWith("/") ? node.target : `${parentOf(at)}/${node.target}`;
    }
    throw systemError("ELOOP");
  }

  #folders(path: string, mode: number): void {
    const node = this.nodes.get(path);
    if (node?.kind === "directory") return;
    if (node !== undefined) throw systemError("ENOTDIR");
    this.#folders(parentOf(path), mode);
    this.#add(path, "directory", mode);
  }

  #add(path: string, kind: Node["kind"], mode: number): Node {
    this.#identities += 1;
    this.#time += 1;
    const node: Node = {
      kind,
      mode,
      bytes: new Uint8Array(),
      target: "",
      owner: this.user,
      group: this.user,
      modified: this.#time,
      identity: this.#identities,
      otherNames: 0,
      attributes: new Map(),
    };
    this.nodes.set(path, node);
    return node;
  }
}

/** A machine that has nothing but these files; its sleeps take no time. */
export function memoryHost(files: MemoryFiles, platform: Platform = "linux"): Host {
  let random = 0;
  const unused = () => {
    throw new Error("not on this machine");
  };
  return {
    platform,
    env: {},
    homeDirectory: "/home/u",
    files,
    clock: {
      now: () => new Date(Date.UTC(2026, 10, 22, 23, 0, 0)),
      // A machine in UTC.
      localTime: (date) => date.toISOString().slice(0, 19).replace("T", " "),
      momentOf: (localTime) => new Date(`${localTime.replace(" ", "T")}Z`),
      monotonic: () => 0,
      sleep: () => Promise.resolve(),
      random: () => {
        random = (random + 0.6180339887) % 1;
        return random;
      },
    },
    network: { exchange: unused },
    terminal: {
      writeOut: unused,
      writeError: unused,
      isTerminal: () => false,
      canAsk: () => false,
      colorPrompts: () => undefined,
      askHidden: unused,
      askYesNo: unused,
      askText: unused,
      askChoice: unused,
    },
    processes: {
      run: unused,
      become: unused,
      ownCommand: () => "letme",
      id: 4711,
      isRunning: () => false,
      holdSignals: () => ({ release: () => undefined }),
    },
  };
}

function statusOf(node: Node): FileStatus {
  return {
    kind: node.kind === "link" ? "other" : node.kind,
    mode: node.mode,
    owner: node.owner,
    group: node.group,
    size: node.bytes.length,
    names: node.otherNames + 1,
    modifiedMilliseconds: node.modified,
    identity: String(node.identity),
  };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}
