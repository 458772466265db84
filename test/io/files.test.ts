import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errnoOf } from "../../src/errors.ts";
import { realFiles } from "../../src/io/files.ts";

const isWindows = process.platform === "win32";
const files = realFiles(isWindows ? "win32" : "linux");
let folder = "";
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "letme-files-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

function errnoFrom(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return errnoOf(error);
  }
  return undefined;
}

describe("reading", () => {
  test("gives bytes, parts of them, and undefined for what is not there", () => {
    fs.writeFileSync(at("read"), Uint8Array.of(1, 2, 255));
    expect([...(files.read(at("read")) ?? [])]).toEqual([1, 2, 255]);
    const handle = files.openForRead(at("read"));
    expect(handle?.size).toBe(3);
    expect([...(handle?.readAt(1, 10) ?? [])]).toEqual([2, 255]);
    handle?.close();
    expect(files.read(at("none"))).toBeUndefined();
    expect(files.openForRead(at("none"))).toBeUndefined();
    expect(files.status(at("none"))).toBeUndefined();
    expect(files.entry(at("none"))).toBeUndefined();
    expect(files.entry(at("read"))).toEqual(files.status(at("read")));
    expect(errnoFrom(() => files.read(folder))).toBe("EISDIR");
  });

  test("tells whether a file holds just these bytes, however long it is", () => {
    for (const length of [0, 1, 1 << 16, 200_000]) {
      const bytes = Buffer.alloc(length + 1, "x").subarray(0, length);
      fs.writeFileSync(at("held"), bytes);
      expect(files.holds(at("held"), bytes)).toBe(true);
      expect(files.holds(at("held"), Buffer.concat([bytes, Buffer.from("x")]))).toBe(false);
      if (length === 0) continue;
      expect(files.holds(at("held"), bytes.subarray(0, -1))).toBe(false);
      expect(files.holds(at("held"), Buffer.concat([bytes.subarray(1), Buffer.from("y")]))).toBe(
        false,
      );
    }
    expect(files.holds(at("none"), new Uint8Array())).toBe(false);
    expect(errnoFrom(() => files.holds(folder, new Uint8Array()))).toBe("EISDIR");
  });

  test("tells how many names a file has", () => {
    fs.writeFileSync(at("named"), "x");
    expect(files.status(at("named"))?.names).toBe(1);
    fs.linkSync(at("named"), at("named-too"));
    expect(files.status(at("named-too"))?.names).toBe(2);
  });

  test.skipIf(isWindows)("follows links, and shows where they point", () => {
    fs.writeFileSync(at("target"), "x");
    fs.symlinkSync("target", at("link"));
    expect(files.entry(at("link"))).toEqual({ kind: "link", target: "target" });
    expect(files.status(at("link"))?.identity).toBe(files.status(at("target"))?.identity ?? "");
  });
});

describe.skipIf(isWindows)("what is no file is not waited for", () => {
  const readings: readonly [string, (path: string) => unknown][] = [
    ["read", (path) => files.read(path)],
    ["holds", (path) => files.holds(path, new Uint8Array())],
    ["openForRead", (path) => files.openForRead(path)],
  ];

  test.each(readings)("%s: a pipe, a socket and a device without an end are refused", (_, use) => {
    const pipe = at(`pipe-${_}`);
    spawnSync("mkfifo", [pipe]);
    expect(errnoFrom(() => use(pipe))).toBe("EFTYPE");
    // Somebody may be about to write into it.
    const writer = fs.openSync(pipe, "r+");
    expect(errnoFrom(() => use(pipe))).toBe("EFTYPE");
    fs.writeSync(writer, "something");
    expect(errnoFrom(() => use(pipe))).toBe("EFTYPE");
    fs.closeSync(writer);
    const server = Bun.listen({ unix: at(`socket-${_}`), socket: { data: () => {} } });
    expect(errnoFrom(() => use(at(`socket-${_}`)))).toBe("EFTYPE");
    server.stop(true);
    expect(errnoFrom(() => use("/dev/zero"))).toBe("EFTYPE");
  });

  test("a device that is empty is an empty file", () => {
    expect(files.read("/dev/null")).toEqual(Buffer.alloc(0));
    expect(files.holds("/dev/null", new Uint8Array())).toBe(true);
    expect(files.holds("/dev/null", Uint8Array.of(1))).toBe(false);
    files.openForRead("/dev/null")?.close();
  });

  test.skipIf(process.platform !== "linux")("a file that tells no size is read to its end", () => {
    const status = Buffer.from(files.read("/proc/self/status") ?? []).toString();
    expect(status).toStartWith("Name:");
    expect(status).toEndWith("\n");
  });
});

const python = process.platform === "linux" ? Bun.which("python3") : null;

/** What a line of Python prints; undefined where it fails, as on a file system without attributes. */
function fromPython(line: string, ...args: readonly string[]): string | undefined {
  const program = `import os, sys\n${line}`;
  const { status, stdout } = spawnSync(python ?? "", ["-c", program, ...args]);
  return status === 0 ? stdout.toString().trim() : undefined;
}

describe.skipIf(python === null)("extended attributes", () => {
  // 40 names make the list longer than letme at first has room for.
  test.each([0, 1, 40])("are copied: %d of the user's", (count) => {
    for (const name of ["with", "without"]) fs.writeFileSync(at(name), "x");
    const set = `for i in range(${count}): os.setxattr(sys.argv[1], f"user.a-rather-long-name-{i}", b"v\\0" * i)`;
    if (fromPython(set, at("with")) === undefined) return;
    files.copyAttributes(at("with"), at("without"));
    const show =
      "print({n: os.getxattr(sys.argv[1], n) for n in sorted(os.listxattr(sys.argv[1]))})";
    expect(fromPython(show, at("without"))).toBe(fromPython(show, at("with")) ?? "");
  });

  test("an access control list is copied; a mode behind it takes from it what it gave", () => {
    for (const name of ["listed", "unlisted"]) fs.writeFileSync(at(name), "x", { mode: 0o640 });
    // Version 2: the user rw, user 65534 r, the group nothing, the mask r, others nothing.
    const list =
      "b''.join([struct.pack('<I', 2)] + [struct.pack('<HHI', *e) for e in [(1, 6, 2**32 - 1), (2, 4, 65534), (4, 0, 2**32 - 1), (16, 4, 2**32 - 1), (32, 0, 2**32 - 1)]])";
    const set = `import struct\nos.setxattr(sys.argv[1], "system.posix_acl_access", ${list})`;
    if (fromPython(set, at("listed")) === undefined) return;
    files.copyAttributes(at("listed"), at("unlisted"));
    const show = 'print(os.getxattr(sys.argv[1], "system.posix_acl_access"))';
    expect(fromPython(show, at("unlisted"))).toBe(fromPython(show, at("listed")) ?? "");
    files.changeMode(at("unlisted"), 0o600);
    expect(fromPython(show, at("unlisted"))).not.toBe(fromPython(show, at("listed")) ?? "");
    expect(files.status(at("unlisted"))?.mode).toBe(0o600);
  });
});

describe("reading files of all sizes", () => {
  test.each([0, 1, 2, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 300_000])("%d bytes", (length) => {
    const bytes = Buffer.alloc(length, "0123456789");
    fs.writeFileSync(at("sized"), bytes);
    expect(Buffer.compare(files.read(at("sized")) ?? Buffer.alloc(0), bytes)).toBe(0);
    expect(files.read(at("sized"))?.length).toBe(length);
    expect(files.read(at("sized"), "wait for")?.length).toBe(length);
  });
});

describe("writing", () => {
  test("makes a new file with its mode, never over another", () => {
    const handle = files.create(at("new"), 0o600);
    if (!isWindows) expect(files.status(at("new"))?.mode).toBe(0o600);
    handle.write(Buffer.from("hello"));
    handle.sync();
    handle.close();
    expect(errnoFrom(() => files.create(at("new"), 0o600))).toBe("EEXIST");
    files.rename(at("new"), at("renamed"));
    files.syncDirectory(folder);
    expect(fs.readFileSync(at("renamed"), "utf8")).toBe("hello");
    expect(files.list(folder)).toContain("renamed");
    files.remove(at("renamed"));
    expect(files.status(at("renamed"))).toBeUndefined();
  });

  test("makes folders with their mode, and leaves those that are there", () => {
    files.makeDirectory(at("a/b"), 0o700);
    files.makeDirectory(at("a/b"), 0o700);
    expect(files.status(at("a/b"))?.kind).toBe("directory");
    if (!isWindows) expect(files.status(at("a"))?.mode).toBe(0o700);
  });
});
