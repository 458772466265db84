/**
 * The text with everything made visible that could steer a terminal or disguise what stands there:
 * control characters (line feed and tab stay) and the characters that turn the reading direction.
 */
export function printable(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same for a text that must stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/\n/g, "\\n").replace(/\t/g, " ");
}

/** JSON that is as safe to print: what `printable` shows is written as an escape of JSON. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
