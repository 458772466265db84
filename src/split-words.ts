import type { Platform } from "./host.ts";

/** A command line as words, by the rules of its system. Undefined where a quote stays open. */
export function splitCommand(text: string, platform: Platform): readonly string[] | undefined {
  return platform === "win32" ? splitWindowsWords(text) : splitWords(text);
}

/**
 * Splits a command line into words as a POSIX shell does, and does nothing else of what a shell
 * does: blanks part, quotes join, a backslash takes the next character as it is (between double
 * quotes only before `"`, `\`, `$` and a backquote). Undefined where a quote stays open.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const next = text[index + 1];
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (
      character === "\\" &&
      next !== undefined &&
      (quote === undefined || (quote === '"' && '"\\$`'.includes(next)))
    ) {
      word = (word ?? "") + next;
      index++;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * Splits as Windows programs split their command line: a backslash is a backslash, since paths are
 * full of them, but before a double quote, where two stand for one and an odd one makes the quote
 * literal (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 */
export function splitWindowsWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (const [part] of text.matchAll(/\\*"|\\+|\s|[^\s"\\]+/g)) {
    if (part.endsWith('"')) {
      const backslashes = part.length - 1;
      word = (word ?? "") + "\\".repeat(Math.floor(backslashes / 2));
      if (backslashes % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (/^\s$/.test(part) && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + part;
    }
  }
  if (quoted) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
