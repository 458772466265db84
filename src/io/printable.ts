// Control and format characters, those that turn the reading direction or have no width among them,
// and the line ends that not everybody takes for such.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The text with everything made visible that could steer a terminal or disguise what stands there.
 * Line feed and tab stay.
 */
export function printable(text: string): string {
  // Most is ASCII, and patterns of Unicode's properties take long to compile.
  if (/^[\n\t -~]*$/.test(text)) return text;
  return text.replace(unseen, (character) =>
    "\n\t".includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same for a text that must stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/\n/g, "\\n").replace(/\t/g, " ");
}

/** JSON that is as safe to print: what `printable` shows is written as an escape of JSON. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unseen, (character) =>
    // Between the members of the document stand real line feeds; in texts they are escaped already.
    character === "\n" ? character : escaped(character),
  );
}

/** JSON's escape, of which a character beyond U+FFFF takes two. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
