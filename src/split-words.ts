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
