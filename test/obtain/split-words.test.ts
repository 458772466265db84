import { expect, test } from "bun:test";
import { splitWords } from "../../src/split-words.ts";

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
