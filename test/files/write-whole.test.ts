import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { fileError } from "../../src/files/file-error.ts";
import { followLinks } from "../../src/files/links.ts";
import {
  removeLeftovers,
  removeLeftoversOf,
  temporaryName,
} from "../../src/files/temporary-files.ts";
import { writeWhole } from "../../src/files/write-whole.ts";
import { MemoryFiles, memoryHost, systemError } from "../support/memory-files.ts";

const path = "/home/u/.letme/.letme-cache";
const bytes = (text: string) => Buffer.from(text);

describe("a file that is written whole", () => {
  test("is made private, in one rename, flushed before and after", async () => {
    const files = new MemoryFiles();
    files.putFolder("/home/u/.letme");
    await writeWhole(memoryHost(files), path, bytes("new"));
    expect(files.text(path)).toBe("new");
    expect(files.mode(path)).toBe(0o600);
    const steps = files.operations.map((each) => each.split(" ")[0]);
    expect(steps.slice(steps.indexOf("create"))).toEqual([
      "create",
      "changeMode",
      "write",
      "sync",
      "close",
      "rename",
      "syncDirectory",
    ]);
    expect(files.operations.at(-2)).toBe(`rename ${path}`);
  });

  test("keeps mode, owner and attributes of what was there", async () => {
    const files = new MemoryFiles();
    files.user = 0;
    files.put(path, "old", 0o664, 1001);
    const attributes = new Map([["user.note", "mine"]]);
    Object.assign(files.nodes.get(path) ?? {}, { attributes });
    await writeWhole(memoryHost(files), path, bytes("new"));
    expect(files.mode(path)).toBe(0o664);
    expect(files.nodes.get(path)?.owner).toBe(1001);
    expect(files.nodes.get(path)?.attributes).toEqual(attributes);
    // The mode is set behind the access control list, which would set another.
    const steps = files.operations.map((each) => each.split(" ")[0]);
    expect(steps.indexOf("changeMode")).toBeGreaterThan(steps.indexOf("copyAttributes"));
    expect(steps.indexOf("write")).toBeGreaterThan(steps.indexOf("changeMode"));
  });

  test("takes the bits that its mask takes", async () => {
    const files = new MemoryFiles();
    files.put(path, "old", 0o644);
    await writeWhole(memoryHost(files), path, bytes("new"), { modeMask: 0o600 });
    expect(files.mode(path)).toBe(0o600);
  });

  test("leaves the old bytes and nothing else when any step fails", async () => {
    const whole = new MemoryFiles();
    whole.put(path, "old");
    await writeWhole(memoryHost(whole), path, bytes("new"));
    const rename = whole.operations.indexOf(`rename ${path}`);
    expect(rename).toBeGreaterThan(5);
    for (let step = 0; step <= rename; step += 1) {
      const files = new MemoryFiles();
      files.put(path, "old");
      files.beforeOperation = (index) => (index === step ? { errno: "ENOSPC" } : undefined);
      const error = await writeWhole(memoryHost(files), path, bytes("new")).catch(
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(LetmeError);
      expect(String(error)).toContain(`cannot write \`${path}\`: the disk is full (ENOSPC)`);
      expect(files.text(path)).toBe("old");
      expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([]);
    }
  });

  test("has its left-over temporary files removed, and only its own", () => {
    const files = new MemoryFiles();
    files.put(path, "old");
    const folder = "/home/u/.letme";
    const host = memoryHost(files);
    const nameFrom = (id: number, target = path) =>
      temporaryName({ ...host, processes: { ...host.processes, id } }, target);
    files.put(nameFrom(4), "half");
    files.put(nameFrom(host.processes.id), "of the same number");
    const kept = [nameFrom(5), nameFrom(4, `${folder}/other`), `${folder}/mine.tmp`];
    for (const name of kept) files.put(name, "being written, another file's, the user's");
    const isRunning = (id: number) => id === 5 || id === host.processes.id;
    files.putLink("/home/u/link", path);
    files.putLink("/home/u/dangling", "/nowhere");
    const besideLink = nameFrom(4, "/home/u/link");
    files.put(besideLink, "of a file of the link's name");
    kept.push(besideLink);
    removeLeftoversOf({ ...host, processes: { ...host.processes, isRunning } }, [
      "/home/u/dangling",
      "/home/u/link",
    ]);
    expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual(kept.toSorted());
  });

  test.each([0, 1 / 0x1_0000_0000_0000, 0.5, 1 - 1 / 0x1_0000_0000_0000])(
    "has left-over files that are known by their form, whatever the random number: %p",
    (random) => {
      const files = new MemoryFiles();
      const host = memoryHost(files);
      const clock = { ...host.clock, random: () => random };
      files.put(temporaryName({ ...host, clock }, path), "half");
      removeLeftovers(host, [path]);
      expect(files.paths().filter((name) => name.endsWith(".tmp"))).toEqual([]);
    },
  );

  test.each([
    "backup",
    "2024",
    "2024-11",
    "4-1x",
    "4-0123456789a",
    "4-ABCDEFGHIJ",
    "04-0123456789",
    "0-0123456789",
    "-4-0123456789",
    "4-012345678_",
    "4-0123456789.old",
    "x4-0123456789",
  ])("leaves a file of the user's beside it: .….letme-%s.tmp", (middle) => {
    const files = new MemoryFiles();
    const name = `/home/u/.letme/..letme-cache.letme-${middle}.tmp`;
    files.put(name, "the user's");
    removeLeftovers(memoryHost(files), [path]);
    expect(files.text(name)).toBe("the user's");
  });
});

describe("an error of the system", () => {
  test.each([
    "ENOSPC",
    "EDQUOT",
    "EACCES",
    "EPERM",
    "EROFS",
    "EISDIR",
    "ENOTDIR",
    "ENAMETOOLONG",
    "ELOOP",
    "EMFILE",
    "EBUSY",
    "EIO",
    "EWHATEVER",
  ])("%s names the path and the next step", (errno) => {
    const error = fileError(systemError(errno), "write", "/x");
    expect(error.kind).toBe("failed");
    expect(error.message).toStartWith("cannot write `/x`: ");
    expect(error.message).toContain(errno);
    expect(error.hint).toBeTruthy();
  });

  test("without a code is a defect and stays one", () => {
    expect(() => fileError(new TypeError("oops"), "write", "/x")).toThrow(TypeError);
  });
});

test("a chain of links is followed to its end", () => {
  const files = new MemoryFiles();
  files.put("/real/file", "x");
  files.putLink("/a/one", "two");
  files.putLink("/a/two", "/real/file");
  expect(followLinks(files, "/a/one", "linux")).toEqual({
    path: "/real/file",
    status: files.status("/real/file"),
  });
  expect(followLinks(files, "/a/missing", "linux")).toEqual({
    path: "/a/missing",
    status: undefined,
  });
  files.putLink("/a/round", "round");
  expect(() => followLinks(files, "/a/round", "linux")).toThrow("leads back to itself");
});

test.each<[string, boolean]>([
  ["600", true],
  ["604", true],
  ["640", false],
  ["660", false],
  ["610", false],
])("a file of mode %s whose group cannot be kept is written: %p", async (mode, isWritten) => {
  const files = new MemoryFiles();
  files.put(path, "old", Number.parseInt(mode, 8));
  const node = files.nodes.get(path);
  if (node !== undefined) node.group = 2000;
  files.beforeOperation = (_index, name) =>
    name === "changeOwner" ? { errno: "EPERM" } : undefined;
  const error = await writeWhole(memoryHost(files), path, bytes("new")).catch((e: unknown) => e);
  expect(files.operations.some((each) => each.startsWith("changeOwner"))).toBe(true);
  expect(files.text(path)).toBe(isWritten ? "new" : "old");
  if (isWritten) expect(error).toBe(true);
  else expect(String(error)).toContain("EPERM");
});
