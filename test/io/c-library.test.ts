import { expect, test } from "bun:test";
import { isAbsolute } from "node:path/posix";
import { cLibrary, libraryNames } from "../../src/io/c-library.ts";

test.each(["x64", "arm64"])("no C library is looked for in the current folder: %s", (cpu) => {
  // The one name without a folder is that of a library which each process has, by any C library.
  const [first, ...others] = libraryNames("linux", cpu);
  expect(first).toBe("libc.so.6");
  for (const name of [...others, ...libraryNames("darwin", cpu)])
    expect(isAbsolute(name)).toBe(true);
  expect(libraryNames("darwin", cpu).length).toBe(1);
  expect(libraryNames("win32", cpu)).toEqual([]);
});

test.if(process.platform !== "win32")("it is there under one of its names", () => {
  const library = cLibrary(process.platform === "darwin" ? "darwin" : "linux");
  expect(library?.localTime(0).year).toBeOneOf([1969, 1970]);
});
