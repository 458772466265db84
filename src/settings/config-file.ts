import { parse, TomlError } from "smol-toml";
import { nearest } from "../nearest.ts";
import {
  type ConfigDocument,
  type ConfigProblem,
  type Position,
  positionOf,
  readTomlLines,
} from "./config-document.ts";
import { iniRemarks, readIniForm } from "./ini-form.ts";
import { declarationOf, parseTags, type SettingKey, settingDeclarations } from "./keys.ts";

/** One value of `letme-config`, as text (of a list, its members behind commas), and where it stands. */
export interface ConfigValue {
  readonly text: string;
  /** Looked for when it is asked for: most runs do not. */
  readonly position: Position;
}

/** A table of `letme-config`. A key with an empty value counts as left out. */
export type Context = ReadonlyMap<SettingKey, ConfigValue>;

export interface ConfigContent {
  /** TOML, or the form of letme v0.2, in which texts need no quotes. */
  readonly form: "toml" | "ini";
  readonly contexts: ReadonlyMap<string, Context>;
  readonly problems: readonly ConfigProblem[];
  /** What works as it is, and would not in TOML. */
  readonly remarks: readonly ConfigProblem[];
}

type Tables = Readonly<Record<string, unknown>>;

/** Reads `letme-config`; what is wrong in it is in `problems`, in the file's order. */
export function parseConfig(text: string): ConfigContent {
  let tables: Tables;
  try {
    tables = parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const ini = readIniForm(text);
    if (ini === undefined) return notToml(error, text);
    return {
      form: "ini",
      remarks: iniRemarks(ini.document),
      ...readTables(ini.tables, () => ini.document),
    };
  }
  return {
    form: "toml",
    remarks: [],
    ...readTables(
      tables,
      once(() => readTomlLines(text)),
    ),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

// A longer key or name is none of letme's, and no help in a message.
const longestNamed = 80;

function notToml(error: TomlError, text: string): ConfigContent {
  const said = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
  const line = text.split("\n")[error.line - 1] ?? "";
  const isHeader = line.trimStart().startsWith("[");
  const named = line
    .slice(0, Math.max(0, isHeader ? line.indexOf("]") + 1 : line.indexOf("=")))
    .trim();
  const what = named === "" || named.length > longestNamed ? "this" : `\`${named}\``;
  const isOpen = /control characters/.test(said) && error.column > line.trimEnd().length;
  const reason = /invalid value/.test(said)
    ? `${said}; a text needs quotes around it`
    : /already defined/.test(said)
      ? `${what} stands here a second time`
      : isOpen
        ? `the text of ${what} has no closing quote`
        : said;
  const position = { line: error.line, column: error.column };
  const problems = [{ position, message: `not valid TOML: ${reason}` }];
  return { form: "toml", contexts: new Map(), problems, remarks: [] };
}

function readTables(
  tables: Tables,
  document: () => ConfigDocument,
): Pick<ConfigContent, "contexts" | "problems"> {
  const contexts = new Map<string, Context>();
  const problems: ConfigProblem[] = [];
  for (const [name, table] of Object.entries(tables)) {
    if (!isTable(table)) {
      const message = isSettingKey(name)
        ? `the key \`${name}\` stands before any table: put \`[general]\` above it`
        : `\`${name}\` is not a table: a context is one, as in \`[general]\``;
      problems.push({ position: positionOf(document(), name), message });
      continue;
    }
    if (!isContextName(name)) {
      problems.push({
        position: positionOf(document(), name),
        message: `\`${name}\` cannot be the name of a context: use letters, digits and \`._@+-\``,
      });
      continue;
    }
    const context = readContext(document, name, table, problems);
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
  document: () => ConfigDocument,
  name: string,
  table: Readonly<Record<string, unknown>>,
  problems: ConfigProblem[],
): Context {
  const context = new Map<SettingKey, ConfigValue>();
  for (const [key, value] of Object.entries(table)) {
    const position = () => positionOf(document(), name, key);
    const declaration = declarationOf(key);
    if (declaration === undefined) {
      const meant = nearest(
        key,
        settingDeclarations.map((known) => known.key),
      );
      const suggestion = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
      problems.push({ position: position(), message: `unknown key \`${key}\`${suggestion}` });
      continue;
    }
    const written = writtenText(key, value);
    if (written === undefined) {
      const wanted = wantedType(key);
      problems.push({
        position: position(),
        message: `\`${key}\` must be ${wanted}, not ${typeName(value)}`,
      });
      continue;
    }
    if (written === "") continue;
    const wanted = declaration.problemOf(written);
    if (wanted === undefined) {
      context.set(declaration.key, {
        text: written,
        get position() {
          return position();
        },
      });
    } else problems.push({ position: position(), message: `\`${key}\` must be ${wanted}` });
  }
  return context;
}

const isTime = (key: string) => key === "session_duration" || key === "mfa_session";

function wantedType(key: string): string {
  if (key === "tags") return "a list of strings, or a string";
  return isTime(key) ? "a string or a number" : "a string";
}

/** A value as text; undefined where its type does not fit the key. */
function writtenText(key: string, value: unknown): string | undefined {
  if (typeof value === "string") return key === "tags" ? parseTags(value).join(",") : value;
  if (typeof value === "number" && isTime(key)) return String(value);
  if (key !== "tags" || !Array.isArray(value)) return undefined;
  return value.every((tag) => typeof tag === "string" && !tag.includes(","))
    ? value.join(",")
    : undefined;
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
  if (Array.isArray(value)) {
    if (value.some((one) => typeof one !== "string")) return "a list with other than strings in it";
    return value.some((one) => one.includes(",")) ? "a list with a comma in a string" : "a list";
  }
  if (value instanceof Date) return "a date";
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}
