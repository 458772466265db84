import { LetmeError } from "../errors.ts";
import type { ConfigDocument, ConfigEntry } from "./config-document.ts";
import { parseConfig } from "./config-file.ts";
import {
  commentBehind,
  indentOf,
  keyOf,
  readLines,
  renderHeader,
  renderValue,
  startOf,
  textsOf,
} from "./config-lines.ts";
import type { SettingKey } from "./keys.ts";

/**
 * The same contexts as TOML, which letme v0.2 reads too where a text has no comment behind it. What
 * TOML may not have twice becomes one: the sections of one name stand together under one header, and
 * of a key only the line that counted stays. Throws a `failed` error where that does not read back.
 */
export function toToml(text: string): string {
  const { form, contexts } = parseConfig(text);
  if (form === "toml") return text;
  const document = readLines(text, form);
  const { sections } = document;
  const lines = document.lines.map((line) => line.replace(/^(\s*);/, "$1#"));
  const counting = new Map(
    sections.flatMap(({ path, entries }) =>
      entries.map((entry) => [JSON.stringify([path, entry.path]), entry] as const),
    ),
  );
  const parts = new Map<string | undefined, string>();
  for (const [index, section] of sections.entries()) {
    const name = section.path?.[0];
    for (const entry of section.entries) {
      const counts = counting.get(JSON.stringify([section.path, entry.path])) === entry;
      const value = (key: SettingKey) => contexts.get(name ?? "")?.get(key)?.text ?? "";
      lines[entry.from] = counts ? tomlLine(document, entry, value) : "";
    }
    if (name !== undefined) {
      const header = (lines[section.from] ?? "")
        .replace(/\[[^\]]*\]/, () => renderHeader(name, "toml"))
        .replace(/(\][^\S\n]*);/, "$1#");
      lines[section.from] = parts.has(name) ? "" : header;
    }
    const next = sections[index + 1];
    const own = lines.slice(
      section.path === undefined ? 0 : startOf(document, section),
      next === undefined ? lines.length : startOf(document, next),
    );
    const before = parts.get(name) ?? "";
    parts.set(name, `${before}${own.join("")}`);
  }
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const texts = [...parts.values()];
  const after = texts
    .map((part, index) =>
      part === "" || part.endsWith("\n") || index === texts.length - 1 ? part : `${part}${end}`,
    )
    .join("");
  const read = parseConfig(after);
  if (
    read.form === "toml" &&
    read.problems.length === 0 &&
    Bun.deepEquals(textsOf(read), textsOf(parseConfig(text)))
  )
    return after;
  throw new LetmeError("failed", "the file cannot be rewritten line by line", {
    hint: "`letme config view-template` shows the form: write it anew by hand",
  });
}

/** A key's line of the INI form as TOML. */
function tomlLine(
  document: ConfigDocument,
  entry: ConfigEntry,
  value: (key: SettingKey) => string,
): string {
  const key = keyOf(entry);
  const line = document.lines[entry.from] ?? "";
  if (key === undefined) return line;
  const end = /\r?\n?$/.exec(line)?.[0] ?? "";
  const comment = commentBehind(entry, "ini").replace(/^(\s*);/, "$1#");
  return `${indentOf(document, entry)}${key} = ${renderValue(key, value(key), "toml")}${comment}${end}`;
}
