import {
  type ConfigDocument,
  type ConfigEntry,
  type ConfigProblem,
  type Position,
  readIniLines,
} from "./config-document.ts";

/** A `letme-config` in the form of letme v0.2. */
export interface IniConfig {
  readonly document: ConfigDocument;
  /** The values of each table, as texts. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Reads the INI form that letme v0.2 wrote: values need no quotes. Undefined where a line is neither
 * a header, a comment nor a key with such a value, and where nothing in the text is of that form
 * alone: then it is TOML with a slip in it, and only TOML's own error helps. Of a key that stands
 * twice the last counts, as it did there.
 */
export function readIniForm(text: string): IniConfig | undefined {
  const document = readIniLines(text);
  const known = new Set<number>();
  const tables = new Map<string, Map<string, string>>();
  for (const { path, from, entries } of document.sections) {
    const name = path?.[0];
    if (name === undefined && entries.length > 0) return undefined;
    if (name === undefined) continue;
    known.add(from);
    const table = tables.get(name) ?? new Map<string, string>();
    tables.set(name, table);
    for (const entry of entries) {
      const value = iniValue(entry.value);
      if (value === undefined) return undefined;
      known.add(entry.from);
      table.set(entry.path[0] ?? "", value);
    }
  }
  const isEmpty = (line: string) => /^\uFEFF?\s*(?:[#;]|$)/.test(line);
  if (!document.lines.every((line, index) => known.has(index) || isEmpty(line))) return undefined;
  if (!hasIniOfItsOwn(document)) return undefined;
  return {
    document,
    tables: Object.fromEntries(
      [...tables].map(([name, table]) => [name, Object.fromEntries(table)]),
    ),
  };
}

/** What works in this form, in the file's order, and would not in TOML. */
export function iniRemarks(document: ConfigDocument): readonly ConfigProblem[] {
  const remarks: ConfigProblem[] = [];
  const headers = new Set<string>();
  const keys = new Map<string, Position>();
  for (const { path, from, column, entries } of document.sections) {
    const table = path?.[0];
    if (table === undefined) continue;
    if (headers.has(table)) {
      remarks.push({
        position: { line: from + 1, column },
        message: `a second \`[${table}]\`: both count as one`,
      });
    }
    headers.add(table);
    if (!isTomlHeader(document.lines[from] ?? "")) {
      const message = `TOML wants quotes in this header: \`["${table}"]\``;
      remarks.push({ position: { line: from + 1, column }, message });
    }
    for (const entry of entries) {
      const key = entry.path[0] ?? "";
      const position = { line: entry.from + 1, column: entry.column };
      const before = keys.get(JSON.stringify([table, key]));
      if (before !== undefined) {
        const message = `\`${key}\` of \`${table}\` stands in line ${before.line} too: this one counts`;
        remarks.push({ position, message });
      }
      keys.set(JSON.stringify([table, key]), position);
      if (isUnquoted(entry)) {
        remarks.push({ position, message: "a value without quotes, as letme v0.2 wrote it" });
      }
    }
  }
  return remarks;
}

/** Whether TOML would want quotes around the value. */
function isUnquoted({ value }: ConfigEntry): boolean {
  return !/^\s*(?:"|'|[+-]?\d+\s*(?:#.*)?$)/.test(value);
}

/** Whether TOML takes the line for a header: a name that is bare, dotted or in quotes. */
function isTomlHeader(line: string): boolean {
  return /^\uFEFF?\s*\[\s*(?:[\w-]+(?:\.[\w-]+)*|"[^"]*"|'[^']*')\s*\]/.test(line);
}

/**
 * Whether there is anything that only this form has: bare values and names, `;` for comments, `:` for
 * `=`. What stands twice is such a thing too, unless a value is written with TOML's escapes.
 */
function hasIniOfItsOwn(document: ConfigDocument): boolean {
  const { lines, sections } = document;
  const entries = sections.flatMap((section) => section.entries);
  if (lines.some((line) => /^\uFEFF?\s*(?:;|\[[^\]]*\]\s*;)/.test(line))) return true;
  if (sections.some(({ path, from }) => path !== undefined && !isTomlHeader(lines[from] ?? ""))) {
    return true;
  }
  const isOwn = (entry: ConfigEntry) =>
    isUnquoted(entry) ||
    /^\s*(?:"[^"]*"|'[^']*'|\d+)\s*;/.test(entry.value) ||
    /^[^=]*:/.test(lines[entry.from] ?? "");
  if (entries.some(isOwn)) return true;
  const isEscaped = entries.some(({ value }) => /^\s*"[^"]*\\/.test(value));
  return !isEscaped && iniRemarks(document).length > 0;
}

/** The value of a line; undefined for what looks like TOML gone wrong. */
function iniValue(text: string): string | undefined {
  const quoted = /^\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`)\s*(?:[#;]|$)/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? quoted[3];
  const comment = text.search(/\s[#;]/);
  const bare = (comment < 0 ? text : text.slice(0, comment)).trim();
  return /["'`[{\n]/.test(bare) ? undefined : bare;
}
