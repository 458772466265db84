import { describe, expect, test } from "bun:test";
import type { Platform } from "../src/host.ts";
import { baseNameOf, expandHome, folderOf, isAbsolute, shortenHome, within } from "../src/paths.ts";

test.each<[string, Platform, string, string]>([
  ["/a/b", "linux", "/a", "b"],
  ["/a", "linux", "/", "a"],
  ["a", "linux", ".", "a"],
  ["/a/b\\c", "linux", "/a", "b\\c"],
  ["C:\\a", "win32", "C:\\", "a"],
  ["C:\\a\\b/c", "win32", "C:\\a\\b", "c"],
  ["C:\\a\\b", "win32", "C:\\a", "b"],
])("%s on %s lies in %s and is called %s", (path, platform, folder, name) => {
  expect(folderOf(path, platform)).toBe(folder);
  expect(baseNameOf(path, platform)).toBe(name);
});

test.each<[Platform, string, string[], string]>([
  ["linux", "/", ["a"], "/a"],
  ["linux", "/a", ["b", "c"], "/a/b/c"],
  ["linux", "/a/", ["b"], "/a/b"],
  ["linux", "a\\", ["b"], "a\\/b"],
  ["darwin", "a", ["../b"], "a/../b"],
  ["win32", "C:\\a", ["b", "c"], "C:\\a\\b\\c"],
  ["win32", "C:\\", ["b"], "C:\\b"],
  ["win32", "C:/a/", ["b"], "C:/a/b"],
])("on %s, within %s %j is %s", (platform, folder, names, path) => {
  expect(within(platform, folder, ...names)).toBe(path);
});

test.each<[string, Platform, boolean]>([
  ["/a", "linux", true],
  ["a/b", "linux", false],
  ["./a", "linux", false],
  ["C:\\a", "linux", false],
  ["", "linux", false],
  ["C:\\a", "win32", true],
  ["c:/a", "win32", true],
  ["\\\\server\\share", "win32", true],
  ["C:a", "win32", false],
])("whether %j is absolute on %s: %j", (path, platform, answer) => {
  expect(isAbsolute(path, platform)).toBe(answer);
});

describe("the home directory", () => {
  const linux = { homeDirectory: "/home/u", platform: "linux" } as const;
  const windows = { homeDirectory: "C:\\Users\\u", platform: "win32" } as const;

  test.each([
    [linux, "~", "/home/u"],
    [linux, "~/x/y", "/home/u/x/y"],
    [linux, "~\\x", "~\\x"],
    [linux, "~other/x", "~other/x"],
    [linux, "/x/~", "/x/~"],
    [windows, "~\\x", "C:\\Users\\u\\x"],
    [windows, "~/x", "C:\\Users\\u\\x"],
  ])("of %j is put for the ~ of %s", (host, path, expanded) => {
    expect(expandHome(path, host)).toBe(expanded);
  });

  test.each([
    [linux, "/home/u/x/y", "~/x/y"],
    [linux, "/home/uu/x", "/home/uu/x"],
    [linux, "/home/u", "/home/u"],
    [windows, "C:\\Users\\u\\.aws\\config", "~\\.aws\\config"],
  ])("of %j is shown as ~ in %s", (host, path, shown) => {
    expect(shortenHome(path, host)).toBe(shown);
  });
});
