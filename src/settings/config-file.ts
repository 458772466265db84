import { parse, TomlError } from "smol-toml";
import { nearest } from "../nearest.ts";
import { declarationOf, type SettingKey, settingDeclarations } from "./keys.ts";
import { type Position, positionOf } from "./toml-position.ts";

/** One value of `letme-config`, as text, and where it stands. */
export interface ConfigValue {
  readonly text: string;
  readonly position: Position;
}

/** A table of `letme-config`. A key with an empty value counts as left out. */
export type Context = ReadonlyMap<SettingKey, ConfigValue>;

/** Something in `letme-config` that must be mended. */
export interface ConfigProblem {
  readonly position: Position;
  readonly message: string;
}

export interface ConfigContent {
  readonly contexts: ReadonlyMap<string, Context>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads the TOML of `letme-config`; what is wrong in it is in `problems`, in the file's order. */
export function parseConfig(text: string): ConfigContent {
  const contexts = new Map<string, Context>();
  const problems: ConfigProblem[] = [];
  let tables: Record<string, unknown>;
  try {
    tables = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const said = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    const reason = /invalid value/.test(said) ? `${said}; a text needs quotes around it` : said;
    return {
      contexts,
      problems: [
        {
          position: { line: error.line, column: error.column },
          message: `not valid TOML: ${reason}`,
        },
      ],
    };
  }
  for (const [name, table] of Object.entries(tables)) {
    if (!isTable(table)) {
      const message = isSettingKey(name)
        ? `the key \`${name}\` stands before any table: put \`[general]\` above it`
        : `\`${name}\` is not a table: a context is one, as in \`[general]\``;
      problems.push({ position: positionOf(text, undefined, name), message });
      continue;
    }
    if (!isContextName(name)) {
      problems.push({
        position: positionOf(text, name),
        message: `\`${name}\` cannot be the name of a context: use letters, digits and \`._@+-\``,
      });
      continue;
    }
    const context = readContext(text, name, table, problems);
    const file = context.get("registry_file");
    if (file !== undefined && context.has("dynamodb_table")) {
      const message = `\`registry_file\` and \`dynamodb_table\` are both set in \`${name}\`: leave one out`;
      problems.push({ position: file.position, message });
    }
    contexts.set(name, context);
  }
  problems.sort((one, other) => one.position.line - other.position.line);
  return { contexts, problems };
}

/** Whether a text can name a context: the name becomes part of a file's name. */
export function isContextName(name: string): boolean {
  return /^[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,63}$/.test(name);
}

function readContext(
  text: string,
  name: string,
  table: Readonly<Record<string, unknown>>,
  problems: ConfigProblem[],
): Context {
  const context = new Map<SettingKey, ConfigValue>();
  for (const [key, value] of Object.entries(table)) {
    const position = positionOf(text, name, key);
    const declaration = declarationOf(key);
    if (declaration === undefined) {
      const meant = nearest(
        key,
        settingDeclarations.map((known) => known.key),
      );
      const suggestion = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
      problems.push({ position, message: `unknown key \`${key}\`${suggestion}` });
      continue;
    }
    const isNumber = typeof value === "number" && declaration.key === "session_duration";
    if (typeof value !== "string" && !isNumber) {
      const wanted = declaration.key === "session_duration" ? "a string or a number" : "a string";
      problems.push({ position, message: `\`${key}\` must be ${wanted}, not ${typeName(value)}` });
      continue;
    }
    const written = String(value);
    if (written === "") continue;
    const wanted = declaration.problemOf(written);
    if (wanted === undefined) context.set(declaration.key, { text: written, position });
    else problems.push({ position, message: `\`${key}\` must be ${wanted}` });
  }
  return context;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

function isSettingKey(name: string): boolean {
  return declarationOf(name) !== undefined;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}
