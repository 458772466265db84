import { type ConfigDocument, type Position, readIniLines } from "./config-document.ts";

/** A `letme-config` in the form of letme v0.2. */
export interface IniConfig {
  readonly document: ConfigDocument;
  /** The values of each table, as texts. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Reads the INI form that letme v0.2 wrote: values need no quotes. Undefined where a line is neither
 * a header, a comment nor a key with such a value: then the text is TOML with a slip in it, and only
 * TOML's own error helps. In a section that stands twice, and of a key that does, the last counts, as
 * it did there.
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
  const isEmpty = (line: string) => /^\uFEFF?\s*(?:[#;].*)?\s*$/.test(line);
  if (!document.lines.every((line, index) => known.has(index) || isEmpty(line))) return undefined;
  if (tables.size === 0) return undefined;
  return {
    document,
    tables: Object.fromEntries(
      [...tables].map(([name, table]) => [name, Object.fromEntries(table)]),
    ),
  };
}

/** Where the values stand that TOML would want quotes around. */
export function unquotedValues({ document }: IniConfig): readonly Position[] {
  return document.sections.flatMap(({ entries }) =>
    entries
      .filter(({ value }) => !/^\s*(?:"|'|[+-]?\d+\s*(?:#.*)?$)/.test(value))
      .map(({ from, column }) => ({ line: from + 1, column })),
  );
}

/** The value of a line; undefined for what looks like TOML gone wrong. */
function iniValue(text: string): string | undefined {
  const [, double, single, back, bare] =
    /^\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`|([^"'`[{\n]*?))\s*(?:(?<=\s|["'`])[#;][^\n]*)?\s*$/.exec(
      text,
    ) ?? [];
  return double ?? single ?? back ?? bare?.trim();
}
