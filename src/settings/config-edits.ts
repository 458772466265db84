import { LetmeError } from "../errors.ts";
import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { parseConfig } from "./config-file.ts";
import {
  commentBehind,
  endOf,
  type Form,
  indentOf,
  keyOf,
  lineEndOf,
  readLines,
  renderHeader,
  renderValue,
  startOf,
  type Texts,
  textsOf,
} from "./config-lines.ts";
import { parseTags, type SettingKey, settingDeclarations } from "./keys.ts";

/** What keys of a context are to be: one with a blank value is taken out, one left out stays. */
export type ContextValues = ReadonlyMap<SettingKey, string>;

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
  const section = sectionOf(document, name, form);
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
  const { form } = parseConfig(text);
  const document = readLines(text, form);
  sectionOf(document, name, form);
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
  sectionOf(document, name, form);
  const changes = new Map<number, LineChange>();
  for (const { path, from } of document.sections) {
    if (path?.length !== 1 || path[0] !== name) continue;
    const line = document.lines[from] ?? "";
    const put = line.replace(/\[[^\]]*\]/, () => renderHeader(wanted, form));
    changes.set(from, { to: from + 1, put });
  }
  return proven(text, replaceLines(document, changes, 0, "", ""), name, (texts) => {
    texts[wanted] = texts[name] ?? {};
    delete texts[name];
  });
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

/** The section of a context. Of several, in INI, the last one, which counts. */
function sectionOf({ sections }: ConfigDocument, name: string, form: Form): ConfigSection {
  const found = sections.findLast(({ path }) => path?.length === 1 && path[0] === name);
  if (found !== undefined) return found;
  throw tooIntricate(name, form);
}

/** The text after a change, if it reads back as what was wanted and all else as it was. */
function proven(
  before: string,
  after: string,
  name: string,
  change: (texts: Texts) => void,
): string {
  const read = parseConfig(before);
  const expected = textsOf(read);
  change(expected);
  const changed = parseConfig(after);
  const isSound = changed.problems.length <= read.problems.length;
  if (isSound && Bun.deepEquals(textsOf(changed), expected)) return after;
  throw tooIntricate(name, read.form);
}

function tooIntricate(name: string, form: Form): LetmeError {
  return new LetmeError("failed", `the context \`${name}\` cannot be changed line by line`, {
    hint:
      form === "ini"
        ? "`letme config migrate` rewrites the file as TOML, in which it can be"
        : `give it a header of its own, \`[${name}]\`, with a line for each key; or change it by hand`,
  });
}
