import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errnoOf } from "../../src/errors.ts";
import type { Lock } from "../../src/host.ts";
import { openLockFile, openWithSqlite, takeLock } from "../../src/io/lock.ts";

const isWindows = process.platform === "win32";
const platform = isWindows ? "win32" : process.platform === "darwin" ? "darwin" : "linux";
let folder = "";
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "letme-locks-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const source = JSON.stringify(join(import.meta.dir, "../../src/io/lock.ts"));

describe.each([
  ["the system's lock", `(path) => openLockFile(path, "${platform}")`, openLockFile],
  ["SQLite's lock", "openWithSqlite", openWithSqlite],
])("%s", (_, call, open) => {
  const take = async (path: string, milliseconds: number): Promise<Lock> =>
    takeLock(await open(path, platform), milliseconds);

  test("is held by one at a time, free after its release, and leaves an empty private file", async () => {
    const path = at("lock");
    const lock = await take(path, 1000);
    const late = await take(path, 0).catch(errnoOf);
    expect(late).toBe("ELOCKED");
    expect(fs.readdirSync(folder).filter((name) => name.startsWith("lock"))).toEqual(["lock"]);
    const waiting = take(path, 10_000);
    lock.release();
    lock.release();
    (await waiting).release();
    expect(fs.statSync(path).size).toBe(0);
    if (!isWindows) expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is free again when its holder is killed, and keeps others out until then", async () => {
    const path = at("killed");
    const program = `
      const { openLockFile, openWithSqlite, takeLock } = await import(${source});
      await takeLock(await (${call})(${JSON.stringify(path)}), 1000);
      console.log("held");
      await new Promise((resolve) => setTimeout(resolve, 60_000));`;
    const holder = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe" });
    await holder.stdout.getReader().read();
    expect(await take(path, 0).catch(errnoOf)).toBe("ELOCKED");
    const waiting = take(path, 30_000);
    holder.kill("SIGKILL");
    await holder.exited;
    (await waiting).release();
    expect(fs.readdirSync(folder).filter((name) => name.startsWith("killed"))).toEqual(["killed"]);
  });

  test.skipIf(isWindows)("is had again where the umask took the file's bits", async () => {
    const path = at("umask");
    const before = process.umask(0o777);
    try {
      (await take(path, 0)).release();
    } finally {
      process.umask(before);
    }
    // Not even the owner opens it now, unless that is root.
    expect(fs.statSync(path).mode & 0o777).toBe(0);
    (await take(path, 0)).release();
    fs.unlinkSync(path);
  });

  test.skipIf(isWindows)("is not taken through a link, nor on what is no file", async () => {
    fs.writeFileSync(at("elsewhere"), "");
    fs.symlinkSync(at("elsewhere"), at("link"));
    expect(await take(at("link"), 0).catch(errnoOf)).toBe("ELOOP");
    expect(await take(folder, 0).catch(errnoOf)).toBe("EISDIR");
    fs.unlinkSync(at("link"));
  });
});

test.skipIf(isWindows)("what stands in the file does not matter to the system's lock", async () => {
  fs.writeFileSync(
    at("written"),
    "not a database, but long enough to be taken for one. ".repeat(40),
  );
  const lock = await takeLock(await openLockFile(at("written"), platform), 0);
  lock.release();
  expect(fs.readFileSync(at("written"), "utf8")).toStartWith("not a database");
});
