import type { Platform } from "./host.ts";

/** Words as a command line that `splitCommand` and the SDKs split into the same words again. */
export function commandLine(words: readonly string[], platform: Platform): string {
  return words.map(platform === "win32" ? windowsWord : processWord).join(" ");
}

/**
 * A word of a POSIX shell. What needs no quotes gets none: a file of variables, as for
 * `docker run --env-file`, takes them for a part of the value.
 */
export function posixWord(word: string): string {
  return isPlain(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The same with double quotes where these do: a value in the AWS files must not start with single ones. */
function processWord(word: string): string {
  if (isPlain(word)) return word;
  return /["$`\\!]/.test(word) ? posixWord(word) : `"${word}"`;
}

/**
 * A word of a command line of Windows: https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 * What cmd would act on stands in quotes too, so that the line may go through it.
 */
export function windowsWord(word: string): string {
  if (/^[^\s"&|<>^!]+$/.test(word)) return word;
  const escaped = word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1");
  return `"${escaped}"`;
}

/**
 * What a shell would act on in a command line of this file's, if anything: AWS's SDK for JavaScript
 * has the system's shell run a `credential_process`. What a POSIX shell acts on stands in quotes. In
 * cmd `%` means a variable between quotes too, and AWS files travel to Windows; the rest acts outside
 * of quotes, which end at the next one whatever stands before it.
 */
export function shellActsOn(line: string, platform: Platform): string | undefined {
  if (line.includes("%")) return "%";
  if (platform !== "win32") return undefined;
  return /[&|<>^!]/.exec(line.replace(/"[^"]*"/g, ""))?.[0];
}

function isPlain(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word);
}
