import {
  type ConfigDocument,
  type ConfigEntry,
  type ConfigSection,
  readIniLines,
  readTomlLines,
} from "./config-document.ts";
import type { ConfigContent } from "./config-file.ts";
import { parseTags, type SettingKey, settingDeclarations } from "./keys.ts";

// What stands in a line of letme-config and around it, for those who change lines.

/** TOML, or the form of letme v0.2. */
export type Form = ConfigContent["form"];

/** The text by its lines. */
export function readLines(text: string, form: Form): ConfigDocument {
  return form === "ini" ? readIniLines(text) : readTomlLines(text);
}

/** With the comments right above the header; those at the file's start are about all of it. */
export function startOf({ lines }: ConfigDocument, { from }: ConfigSection): number {
  let start = from;
  while (start > 0 && isComment(lines[start - 1])) start--;
  return start === 0 ? from : start;
}

/** Without the comments right above the next header. */
export function endOf(document: ConfigDocument, section: ConfigSection): number {
  const next = document.sections[document.sections.indexOf(section) + 1];
  return next === undefined ? section.to : Math.max(section.from + 1, startOf(document, next));
}

function isComment(line: string | undefined): boolean {
  return /^[^\S\n]*[#;]/.test(line ?? "");
}

/** The setting that a line is about; undefined for any other key, and a dotted one. */
export function keyOf({ path }: ConfigEntry): SettingKey | undefined {
  return path.length === 1
    ? settingDeclarations.find(({ key }) => key === path[0])?.key
    : undefined;
}

/** How a line ends; undefined where it is the last and has no end. */
export function lineEndOf({ lines }: ConfigDocument, line: number): string | undefined {
  return /\r?\n$/.exec(lines[line] ?? "")?.[0];
}

/** The blanks before the key. */
export function indentOf({ lines }: ConfigDocument, { from }: ConfigEntry): string {
  return /^[ \t]*/.exec(lines[from] ?? "")?.[0] ?? "";
}

/** The comment behind a value on its line, with the blanks before it. */
export function commentBehind({ from, to, value }: ConfigEntry, form: Form): string {
  if (to !== from + 1) return "";
  return form === "ini" ? iniComment(value) : tomlComment(value);
}

function iniComment(value: string): string {
  const [quoted = ""] = /^\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`)(?=[^\S\n]+[#;])/.exec(value) ?? [];
  const rest = value.slice(quoted.length);
  const at = rest.search(/(?<![^\S\n])[^\S\n]+[#;]/);
  return at < 0 ? "" : rest.slice(at).trimEnd();
}

function tomlComment(value: string): string {
  const [upTo] = /^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^"'#\n])*#/.exec(value) ?? [];
  return upTo === undefined ? "" : value.slice(upTo.slice(0, -1).trimEnd().length).trimEnd();
}

/** A header for a context of this name. */
export function renderHeader(name: string, form: Form): string {
  return form === "ini" || /^[A-Za-z0-9_-]+$/.test(name)
    ? `[${name}]`
    : `[${JSON.stringify(name)}]`;
}

/** Every context by its name, its values as texts. */
export type Texts = Record<string, Record<string, string>>;

/** What the contexts hold. */
export function textsOf({ contexts }: ConfigContent): Texts {
  return Object.fromEntries(
    [...contexts].map(([name, context]) => [
      name,
      Object.fromEntries([...context].map(([key, { text }]) => [key, text])),
    ]),
  );
}

/** A value as it stands behind `key = `. */
export function renderValue(key: SettingKey, value: string, form: Form = "toml"): string {
  const quoted = (text: string) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");
  if (form === "toml") {
    return key === "tags" ? `[${parseTags(value).map(quoted).join(", ")}]` : quoted(value);
  }
  // letme v0.2 takes everything between quotes as it is.
  return /^[^\s"'`#;[\]{}][^"'`#;[\]{}]*$/.test(value) ? value : `"${value}"`;
}
