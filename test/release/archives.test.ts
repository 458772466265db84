import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArchiveFile, readTar, writeTar } from "../../scripts/release/tar.ts";
import { readZip, writeZip } from "../../scripts/release/zip.ts";

const time = Date.UTC(2026, 10, 23, 2, 11, 16) / 1000;
const files: readonly ArchiveFile[] = [
  { path: "letme", bytes: Buffer.from("x".repeat(1000)), mode: 0o755 },
  { path: "completions/_letme", bytes: Buffer.from("#compdef letme\n"), mode: 0o644 },
  { path: "empty", bytes: new Uint8Array(), mode: 0o600 },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "letme-archive-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plain = (list: readonly ArchiveFile[]) =>
  list.map(({ path, bytes, mode }) => ({ path, text: Buffer.from(bytes).toString(), mode }));

/** Unpacks by a program that is not ours, and says what came of it. */
function unpackBy(command: readonly string[]): unknown {
  const result = Bun.spawnSync([...command], { cwd: folder, stderr: "pipe" });
  expect(result.stderr.toString()).toBe("");
  return files.map(({ path }) => {
    const { mode, mtimeMs } = statSync(join(folder, path));
    return {
      path,
      text: readFileSync(join(folder, path), "utf8"),
      mode: mode & 0o777,
      time: mtimeMs / 1000,
    };
  });
}

describe("tar", () => {
  test("reads back, and the same files give the same bytes", () => {
    const tar = writeTar(files, time);
    expect(plain(readTar(tar))).toEqual(plain(files));
    expect(Buffer.compare(tar, writeTar(files, time))).toBe(0);
    expect(tar.length % 512).toBe(0);
  });

  test("what is damaged or cut off is refused", () => {
    const tar = writeTar(files, time);
    expect(() => readTar(tar.subarray(0, 512))).toThrow("has no end");
    const damaged = new Uint8Array(tar).fill(65, 0, 1);
    expect(() => readTar(damaged)).toThrow("header is damaged");
    expect(() =>
      writeTar([{ path: "x".repeat(101), bytes: new Uint8Array(), mode: 0 }], 0),
    ).toThrow("too long");
  });

  test.if(process.platform !== "win32" && Bun.which("tar") !== null)("tar unpacks it", () => {
    writeFileSync(join(folder, "a.tar"), writeTar(files, time));
    expect(unpackBy(["tar", "-xpf", "a.tar"])).toEqual(
      plain(files).map((file) => ({ ...file, time })),
    );
  });
});

describe("zip", () => {
  test("reads back, and the same files give the same bytes", () => {
    const zip = writeZip(files, time);
    expect(plain(readZip(zip))).toEqual(plain(files));
    expect(Buffer.compare(zip, writeZip(files, time))).toBe(0);
  });

  test("what is damaged or cut off is refused", () => {
    const zip = writeZip(files, time);
    expect(() => readZip(zip.subarray(0, -1))).toThrow("has no end");
    expect(() => readZip(new Uint8Array(zip).fill(255, 40, 44))).toThrow();
  });

  test.if(process.platform !== "win32" && Bun.which("unzip") !== null)("unzip unpacks it", () => {
    writeFileSync(join(folder, "a.zip"), writeZip(files, time));
    expect(unpackBy(["unzip", "-q", "a.zip"])).toMatchObject(plain(files));
  });

  test.if(Bun.which("python3") !== null)("Python finds nothing wrong with it", () => {
    writeFileSync(join(folder, "a.zip"), writeZip(files, time));
    const script =
      "import zipfile;z=zipfile.ZipFile('a.zip');print(z.testzip(),[(i.filename,i.date_time,i.external_attr>>16&0o777) for i in z.infolist()])";
    const result = Bun.spawnSync(["python3", "-c", script], { cwd: folder });
    expect(result.stdout.toString()).toBe(
      "None [('letme', (2026, 11, 23, 2, 11, 16), 493), ('completions/_letme', (2026, 11, 23, 2, 11, 16), 420), ('empty', (2026, 11, 23, 2, 11, 16), 384)]\n",
    );
  });
});
