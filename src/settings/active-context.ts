import { LetmeError, readingProblem } from "../errors.ts";
import { showCommand } from "../hint-commands.ts";
import type { Host } from "../host.ts";
import type { LetmePaths } from "./paths.ts";

// Quoted or not, as letme v0.2 and this one have written it, and perhaps with a comment behind it.
const activeLine =
  /^([^\S\n]*active_context[^\S\n]*=[^\S\n]*)(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#;]*))/m;

/** `active_context` of `.letme-usersettings`; undefined where none is set. */
export function readActiveContext(
  host: Pick<Host, "files">,
  paths: LetmePaths,
): string | undefined {
  const text = readUserSettings(host, paths);
  const found = text === undefined ? undefined : activeLine.exec(text);
  const name = found?.[2] ?? found?.[3] ?? found?.[4];
  return name === "" ? undefined : name;
}

/** The text of `.letme-usersettings`; undefined where there is none. */
export function readUserSettings(
  { files }: Pick<Host, "files">,
  { userSettings }: LetmePaths,
): string | undefined {
  try {
    const bytes = files.read(userSettings);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    throw new LetmeError(
      "configuration",
      `\`${userSettings}\` cannot be read (${readingProblem(error)})`,
      {
        hint: `see whom it belongs to and its mode: ${showCommand(userSettings)}; \`--context\` does without it`,
        cause: error,
      },
    );
  }
}

/**
 * The text of `.letme-usersettings` with another active context, or without one; all else in it as
 * it was.
 */
export function withActiveContext(text: string | undefined, name: string | undefined): string {
  if (name === undefined)
    return (text ?? "").replace(new RegExp(`${activeLine.source}.*\\n?`, "m"), "");
  if (text === undefined || text.trim() === "") return `[context]\nactive_context = ${name}\n`;
  if (activeLine.test(text)) return text.replace(activeLine, (_, start: string) => start + name);
  const header = /^[^\S\n]*\[[^\S\n]*context[^\S\n]*\].*\n?/m;
  if (!header.test(text)) {
    return `${text.trimEnd()}\n\n[context]\nactive_context = ${name}\n`;
  }
  return text.replace(
    header,
    (line) => `${line.endsWith("\n") ? line : `${line}\n`}active_context = ${name}\n`,
  );
}
