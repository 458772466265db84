/** A place in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something in `letme-config` that must be mended, or may be. */
export interface ConfigProblem {
  readonly position: Position;
  readonly message: string;
}

/** A key of `letme-config` with its value, as it stands there. */
export interface ConfigEntry {
  /** The parts of a dotted key; of most keys one. */
  readonly path: readonly string[];
  /** Its first line, and the one behind its last; both from 0. */
  readonly from: number;
  readonly to: number;
  /** Of the key, from 1. */
  readonly column: number;
  /** The text behind the sign, comments and line ends included. */
  readonly value: string;
}

/** A table with its header, or what stands before the first one. */
export interface ConfigSection {
  /** The parts of the header's name; undefined before the first header. */
  readonly path: readonly string[] | undefined;
  /** The header's line, and the one behind the section's last; both from 0. */
  readonly from: number;
  readonly to: number;
  /** Of the header's bracket, from 1. */
  readonly column: number;
  readonly entries: readonly ConfigEntry[];
}

/** `letme-config` by its lines, so that a change to one leaves the others as they are. */
export interface ConfigDocument {
  /** With their line ends: joined, they are the text again. */
  readonly lines: readonly string[];
  readonly sections: readonly ConfigSection[];
}

/**
 * Which lines hold which table and key, by TOML's grammar (https://toml.io/en/v1.0.0). What is not
 * TOML is no table and no key here; that it is not, the parser says.
 */
export function readTomlLines(text: string): ConfigDocument {
  const lines = linesOf(text);
  return { lines, sections: sectionsOf(lines, (index) => tomlStatement(lines, index)) };
}

/**
 * The same for the INI form of letme v0.2: a line a key, a value with or without quotes, `#` and `;`
 * before a comment.
 */
export function readIniLines(text: string): ConfigDocument {
  const lines = linesOf(text);
  return { lines, sections: sectionsOf(lines, (index) => iniStatement(lines[index] ?? "", index)) };
}

/**
 * Where a key stands in a table (the table itself for no key), of several, in INI, the last, which
 * counts: the header, dotted key or inline table that opens it where there is no line for the key
 * alone.
 */
export function positionOf(document: ConfigDocument, table: string, key?: string): Position {
  let opened: Position | undefined;
  let found: Position | undefined;
  for (const { path, from, column, entries } of document.sections) {
    const isTable = path?.[0] === table;
    if (isTable && (key === undefined || path[1] === key)) return { line: from + 1, column };
    if (isTable && path.length === 1) opened ??= { line: from + 1, column };
    for (const entry of entries) {
      const [first, second] = [...(path ?? []), ...entry.path];
      const place = { line: entry.from + 1, column: entry.column };
      if (first !== table) continue;
      if (key === undefined) return place;
      if (second === key) found = place;
      if (second === undefined) opened ??= place;
    }
  }
  return found ?? opened ?? { line: 1, column: 1 };
}

type Statement =
  | { readonly kind: "header"; readonly path: readonly string[]; readonly column: number }
  | ({ readonly kind: "entry" } & ConfigEntry);

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sectionsOf(
  lines: readonly string[],
  statementAt: (index: number) => Statement | undefined,
): readonly ConfigSection[] {
  let entries: ConfigEntry[] = [];
  const sections: (Omit<ConfigSection, "to"> & { to: number })[] = [
    { path: undefined, from: 0, to: lines.length, column: 1, entries },
  ];
  for (let index = 0; index < lines.length; index++) {
    const statement = statementAt(index);
    if (statement?.kind === "header") {
      const { path, column } = statement;
      const before = sections.at(-1);
      if (before !== undefined) before.to = index;
      entries = [];
      sections.push({ path, from: index, to: lines.length, column, entries });
    } else if (statement !== undefined) {
      const { kind, ...entry } = statement;
      entries.push(entry);
      index = entry.to - 1;
    }
  }
  return sections;
}

// A bare key, a basic string with its escapes, or a literal one.
const keyPart = `[A-Za-z0-9_-]+|"(?:[^"\\\\\\n]|\\\\.)*"|'[^'\\n]*'`;
const keyPath = `(?:${keyPart})(?:[ \\t]*\\.[ \\t]*(?:${keyPart}))*`;

// Compiled when first needed: most runs only read the settings.
let forms: { readonly header: RegExp; readonly key: RegExp } | undefined;

function tomlForms() {
  forms ??= {
    header: new RegExp(`^(\\uFEFF?[ \\t]*)\\[\\[?[ \\t]*(${keyPath})[ \\t]*\\]`),
    key: new RegExp(`^(\\uFEFF?[ \\t]*)(${keyPath})[ \\t]*=`),
  };
  return forms;
}

function tomlStatement(lines: readonly string[], index: number): Statement | undefined {
  const line = lines[index] ?? "";
  const header = tomlForms().header.exec(line);
  if (header !== null) {
    const [, indent = "", path = ""] = header;
    return { kind: "header", path: partsOf(path), column: indent.length + 1 };
  }
  const key = tomlForms().key.exec(line);
  if (key === null) return undefined;
  const [matched, indent = "", path = ""] = key;
  const isOneLine = !/["'[{]/.test(line.slice(matched.length).replace(/"[^"\\]*"/, ""));
  const rest = (isOneLine ? line : lines.slice(index).join("")).slice(matched.length);
  const value = rest.slice(0, endOfValue(rest));
  const to = index + linesOf(matched + value).length;
  return {
    kind: "entry",
    ...{ path: partsOf(path), from: index, to, column: indent.length + 1, value },
  };
}

function partsOf(path: string): readonly string[] {
  return (path.match(new RegExp(keyPart, "g")) ?? []).map((part) => {
    if (part.startsWith("'")) return part.slice(1, -1);
    return part.startsWith('"') ? unescaped(part.slice(1, -1)) : part;
  });
}

const shortEscapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))/g,
    (_, four, eight, two, short: string) => {
      const code = Number.parseInt(four ?? eight ?? two ?? "", 16);
      if (Number.isNaN(code)) return shortEscapes[short] ?? short;
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
    },
  );
}

/** Where the line ends on which a value does: line ends between brackets do not count. */
function endOfValue(text: string): number {
  // What a value is made of, as far as finding its end goes; strings over several lines first.
  const valueToken =
    /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[{]|[\]}]|\n|[^"'#[\]{}\n]+|./gy;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(valueToken)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    else if (token === "\n" && depth <= 0) return index + 1;
  }
  return text.length;
}

function iniStatement(line: string, index: number): Statement | undefined {
  const header = /^(\s*)\[([^\]\n]*)\]/.exec(line);
  if (header !== null) {
    const [, indent = "", text = ""] = header;
    const name = text.trim();
    // Quoted, as TOML has it and letme writes it, it is the same name.
    const [, quoted] = /^["']([^"'\\]*)["']$/.exec(name) ?? [];
    return { kind: "header", path: [quoted ?? name], column: indent.length + 1 };
  }
  const key = /^(\s*)([^\s#;=:][^=:\n]*)[=:]/.exec(line);
  if (key === null) return undefined;
  const [matched, indent = "", name = ""] = key;
  const value = line.slice(matched.length);
  return {
    kind: "entry",
    ...{ path: [name.trimEnd()], from: index, to: index + 1, column: indent.length + 1, value },
  };
}
