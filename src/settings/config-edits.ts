import { LetmeError } from "../errors.ts";
import {
  type ConfigDocument,
  type ConfigEntry,
  type ConfigSection,
  readIniLines,
  readTomlLines,
} from "./config-document.ts";
import { type ConfigContent, parseConfig } from "./config-file.ts";
import { parseTags, type SettingKey, settingDeclarations } from "./keys.ts";

/** What keys of a context are to be: one with a blank value is taken out, one left out stays. */
export type ContextValues = ReadonlyMap<SettingKey, string>;

type Form = ConfigContent["form"];

/**
 * The text with keys of a context set. A context that is not there is added at the end. Lines that
 * are not about these keys stay as they are, comments behind a changed value too. Throws a `failed`
 * error where the context stands in the file in a form that cannot be changed line by line.
 */
export function setContext(text: string, name: string, given: ContextValues): string {
  const values = new Map(given);
  const tags = values.get("tags");
  if (tags !== undefined && tags !== "") values.set("tags", parseTags(tags).join(","));
  const { form, contexts } = parseConfig(text);
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const wanted = settingDeclarations.flatMap(({ key }) => {
    const value = values.get(key) ?? "";
    return value === "" ? [] : [{ key, line: `${key} = ${renderValue(key, value, form)}` }];
  });
  const put = (texts: Texts) => {
    const all = Object.entries({ ...texts[name], ...Object.fromEntries(values) });
    texts[name] = Object.fromEntries(all.filter(([, value]) => value !== ""));
  };
  if (!contexts.has(name)) {
    const table = [renderHeader(name, form), ...wanted.map(({ line }) => line), ""].join(end);
    const gap = text === "" ? "" : text.endsWith("\n") ? end : `${end}${end}`;
    return proven(text, `${text}${gap}${table}`, name, put);
  }
  const document = readLines(text, form);
  const section = sectionOf(document, name);
  const changes = new Map<number, LineChange>();
  const open = new Map(wanted.map(({ key, line }) => [key, line]));
  // From the last one up: in INI the last of two counts, and the others go.
  for (const entry of section.entries.toReversed()) {
    const key = keyOf(entry);
    if (key === undefined || !values.has(key)) continue;
    const line = open.get(key);
    open.delete(key);
    const put = line === undefined ? "" : `${indentOf(document, entry)}${line}`;
    const comment = put === "" ? "" : commentBehind(entry, form);
    const own = lineEndOf(document, entry.to - 1) ?? end;
    changes.set(entry.from, { to: entry.to, put: put === "" ? "" : `${put}${comment}${own}` });
  }
  const last = section.entries.at(-1);
  const indent = last === undefined ? "" : indentOf(document, last);
  const behind = last === undefined ? section.from + 1 : last.to;
  const near = lineEndOf(document, behind - 1) ?? end;
  const added = [...open.values()].map((line) => `${indent}${line}${near}`).join("");
  return proven(text, replaceLines(document, changes, behind, added, end), name, put);
}

/** The text without a context, what stands above the next header included. Throws as `setContext`. */
export function removeContext(text: string, name: string): string {
  const document = readLines(text, parseConfig(text).form);
  sectionOf(document, name);
  const own = document.sections.filter(({ path }) => path?.[0] === name);
  const changes = new Map(
    own.map((one) => {
      const start = startOf(document, one);
      // A byte order mark is of the file, not of its first table.
      const mark = /^\uFEFF?/.exec(document.lines[start] ?? "")?.[0] ?? "";
      return [start, { to: endOf(document, one), put: mark }];
    }),
  );
  return proven(text, replaceLines(document, changes, 0, "", ""), name, (texts) => {
    delete texts[name];
  });
}

/** The text with another name for a context. Throws as `setContext`. */
export function renameContext(text: string, name: string, wanted: string): string {
  const { form } = parseConfig(text);
  const document = readLines(text, form);
  const { from } = sectionOf(document, name);
  const line = document.lines[from] ?? "";
  const put = line.replace(/\[[^\]]*\]/, () => renderHeader(wanted, form));
  const changes = new Map([[from, { to: from + 1, put }]]);
  return proven(text, replaceLines(document, changes, 0, "", ""), name, (texts) => {
    texts[wanted] = texts[name] ?? {};
    delete texts[name];
  });
}

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
  if (read.form === "toml" && Bun.deepEquals(textsOf(read), textsOf(parseConfig(text))))
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

/** A value as it stands behind `key = `. */
export function renderValue(key: SettingKey, value: string, form: Form = "toml"): string {
  const quoted = (text: string) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");
  if (form === "toml") {
    return key === "tags" ? `[${parseTags(value).map(quoted).join(", ")}]` : quoted(value);
  }
  // letme v0.2 takes everything between quotes as it is.
  return /^[^\s"'`#;[\]{}][^"'`#;[\]{}]*$/.test(value) ? value : `"${value}"`;
}

interface LineChange {
  /** The line behind the last one that goes. */
  readonly to: number;
  /** What comes in their place, with its line ends. */
  readonly put: string;
}

function replaceLines(
  { lines }: ConfigDocument,
  changes: ReadonlyMap<number, LineChange>,
  behind: number,
  added: string,
  end: string,
): string {
  let text = "";
  for (let index = 0; index <= lines.length; ) {
    if (index === behind && added !== "") {
      text += (text === "" || text.endsWith("\n") ? "" : end) + added;
    }
    const change = changes.get(index);
    text += change?.put ?? lines[index] ?? "";
    index = change?.to ?? index + 1;
  }
  return text;
}

function readLines(text: string, form: Form): ConfigDocument {
  return form === "ini" ? readIniLines(text) : readTomlLines(text);
}

/** The section of a context. Of several, in INI, the last one, which counts. */
function sectionOf({ sections }: ConfigDocument, name: string): ConfigSection {
  const found = sections.findLast(({ path }) => path?.length === 1 && path[0] === name);
  if (found !== undefined) return found;
  throw tooIntricate(name);
}

/** With the comments right above the header; those at the file's start are about all of it. */
function startOf({ lines }: ConfigDocument, { from }: ConfigSection): number {
  let start = from;
  while (start > 0 && isComment(lines[start - 1])) start--;
  return start === 0 ? from : start;
}

/** Without the comments right above the next header. */
function endOf(document: ConfigDocument, section: ConfigSection): number {
  const next = document.sections[document.sections.indexOf(section) + 1];
  return next === undefined ? section.to : Math.max(section.from + 1, startOf(document, next));
}

function isComment(line: string | undefined): boolean {
  return /^[^\S\n]*[#;]/.test(line ?? "");
}

function keyOf({ path }: ConfigEntry): SettingKey | undefined {
  return path.length === 1
    ? settingDeclarations.find(({ key }) => key === path[0])?.key
    : undefined;
}

/** How a line ends; undefined where it is the last and has no end. */
function lineEndOf({ lines }: ConfigDocument, line: number): string | undefined {
  return /\r?\n$/.exec(lines[line] ?? "")?.[0];
}

function indentOf({ lines }: ConfigDocument, { from }: ConfigEntry): string {
  return /^[ \t]*/.exec(lines[from] ?? "")?.[0] ?? "";
}

/** The comment behind a value on its line, with the blanks before it. */
function commentBehind({ from, to, value }: ConfigEntry, form: Form): string {
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

function renderHeader(name: string, form: Form): string {
  return form === "ini" || /^[A-Za-z0-9_-]+$/.test(name)
    ? `[${name}]`
    : `[${JSON.stringify(name)}]`;
}

/** Every context by its name, its values as texts. */
type Texts = Record<string, Record<string, string>>;

function textsOf({ contexts }: ConfigContent): Texts {
  return Object.fromEntries(
    [...contexts].map(([name, context]) => [
      name,
      Object.fromEntries([...context].map(([key, { text }]) => [key, text])),
    ]),
  );
}

/** The text after a change, if it reads back as what was wanted and all else as it was. */
function proven(
  before: string,
  after: string,
  name: string,
  change: (texts: Texts) => void,
): string {
  const expected = textsOf(parseConfig(before));
  change(expected);
  if (Bun.deepEquals(textsOf(parseConfig(after)), expected)) return after;
  throw tooIntricate(name);
}

function tooIntricate(name: string): LetmeError {
  return new LetmeError("failed", `the context \`${name}\` cannot be changed line by line`, {
    hint: `give it a header of its own, \`[${name}]\`, with a line for each key; or change it by hand`,
  });
}
