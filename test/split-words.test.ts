import { expect, test } from "bun:test";
import { commandLine, shellActsOn } from "../src/quote-words.ts";
import { splitCommand, splitWords } from "../src/split-words.ts";

test.each<[string, string[] | undefined]>([
  ["a b  c", ["a", "b", "c"]],
  ["  a\tb\n", ["a", "b"]],
  ["'a b' \"c d\"", ["a b", "c d"]],
  ["a'b'\"c\"", ["abc"]],
  ["'' \"\"", ["", ""]],
  ["a\\ b", ["a b"]],
  ['"a\\"b\\x"', ['a"b\\x']],
  ["'a\\'", ["a\\"]],
  ["$HOME `x` ; y", ["$HOME", "`x`", ";", "y"]],
  ["", []],
  ["'a", undefined],
  ['"a', undefined],
])("%p", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

// https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments has these cases.
test.each<[string, string[] | undefined]>([
  ["C:\\tools\\a.exe --x", ["C:\\tools\\a.exe", "--x"]],
  ['"C:\\Program Files\\a.exe" b', ["C:\\Program Files\\a.exe", "b"]],
  ['"abc" d e', ["abc", "d", "e"]],
  ['a\\\\b d"e f"g h', ["a\\\\b", "de fg", "h"]],
  ['a\\\\\\"b c d', ['a\\"b', "c", "d"]],
  ['a\\\\\\\\"b c" d e', ["a\\\\b c", "d", "e"]],
  ["'a b'", ["'a", "b'"]],
  ['a "" b', ["a", "", "b"]],
  ["", []],
  ['"a', undefined],
])("on Windows: %p", (text, words) => {
  expect(splitCommand(text, "win32")).toEqual(words);
});

test.each<[readonly string[]]>([
  [["letme", "export", "example1", "--format", "process"]],
  [["/opt/my tools/letme", "export", "a b", ""]],
  [["a'b", 'c"d', "$HOME", "`x`", "back\\slash", "e!", "é #x"]],
])("%j is split into the same words again", (words) => {
  for (const platform of ["linux", "win32"] as const) {
    expect(splitCommand(commandLine(words, platform), platform)).toEqual([...words]);
  }
});

test.each<[string, string | undefined, string | undefined]>([
  ["letme export a --format process", undefined, undefined],
  ['"C:\\R&D (x)\\letme.exe" export a', undefined, undefined],
  ["letme export %PATH%", "%", "%"],
  ['letme export "a %PATH%"', "%", "%"],
  ["letme export a&calc", undefined, "&"],
  ['letme export "a b"|c', undefined, "|"],
  ["letme export a^b", undefined, "^"],
  ["letme export a!b!", undefined, "!"],
  ["letme export a<b", undefined, "<"],
  // cmd knows no `\\"`: there the quotes end.
  ['letme export "a\\"&calc"', undefined, "&"],
])("what a shell acts on in %j", (line, everywhere, onWindows) => {
  expect(shellActsOn(line, "linux")).toBe(everywhere);
  expect(shellActsOn(line, "win32")).toBe(onWindows);
});

test("a word that Windows' shell would act on gets quotes", () => {
  const words = ["C:\\R&D\\letme.exe", "a^b", "c|d", "e"];
  const line = commandLine(words, "win32");
  expect(line).toBe('"C:\\R&D\\letme.exe" "a^b" "c|d" e');
  expect(shellActsOn(line, "win32")).toBeUndefined();
});

test.each<[readonly string[], string]>([
  [["C:\\my tools\\"], '"C:\\my tools\\\\"'],
  [["a b\\\\", "c"], '"a b\\\\\\\\" c'],
  [["C:\\tools\\", "c d"], 'C:\\tools\\ "c d"'],
  [['a\\"b\\', ""], '"a\\\\\\"b\\\\" ""'],
])("on Windows a backslash at a word's end stays one: %j", (words, line) => {
  expect(commandLine(words, "win32")).toBe(line);
  expect(splitCommand(line, "win32")).toEqual([...words]);
});
