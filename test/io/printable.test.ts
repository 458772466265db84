import { expect, test } from "bun:test";
import { wantsColor } from "../../src/io/color.ts";
import { printable, printableJson, printableLine } from "../../src/io/printable.ts";
import { renderTable } from "../../src/io/table.ts";

test.each([
  ["plain é 漢 text\n\tand more", "plain é 漢 text\n\tand more"],
  ["\u001b[31mred\u0007", "\\u{1b}[31mred\\u{7}"],
  ["a\rb", "a\\u{d}b"],
  ["\u009b2J", "\\u{9b}2J"],
  ["a\u202eb\u2066", "a\\u{202e}b\\u{2066}"],
  ["\u007f\u2028", "\\u{7f}\\u{2028}"],
  ["pa\u00adss\u200b\u2060\ufeff\u{e0041}", "pa\\u{ad}ss\\u{200b}\\u{2060}\\u{feff}\\u{e0041}"],
])("%j is shown as %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("a line stays one line", () => {
  expect(printableLine("a\nb\tc")).toBe("a\\nb c");
});

test("JSON is pure, and still says the same", () => {
  const value = { a: "\u001b\u009b\u202e\u2028\u007f\u200b\u{e0041}\n" };
  const text = printableJson(value);
  expect(text).not.toMatch(/[\u0000-\u0009\u007f-\u009f\u200b\u2028\u202e\u{e0041}]/u);
  expect(JSON.parse(text)).toEqual(value);
});

test("columns are as wide as what stands in them, wide characters too", () => {
  expect(
    renderTable(
      ["A:", "B:"],
      [
        ["漢字", "x"],
        ["y", "\u001b"],
      ],
      false,
    ),
  ).toBe("A:    B:\n漢字  x\ny     \\u{1b}\n");
  expect(renderTable(["A:"], [], true)).toBe("\u001b[1mA:\u001b[0m\n");
});

test.each<[string, Record<string, string>, boolean, boolean]>([
  ["auto", {}, true, true],
  ["auto", {}, false, false],
  ["auto", { NO_COLOR: "1" }, true, false],
  ["auto", { NO_COLOR: "" }, true, true],
  ["auto", { FORCE_COLOR: "1" }, false, true],
  ["auto", { FORCE_COLOR: "0" }, true, false],
  ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["auto", { TERM: "dumb" }, true, false],
  ["always", { NO_COLOR: "1" }, false, true],
  ["never", { FORCE_COLOR: "1" }, true, false],
])("--color %s, %j, terminal %p: %p", (when, env, terminal, expected) => {
  expect(wantsColor({ when, env, isTerminal: () => terminal })).toBe(expected);
});
