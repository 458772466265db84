import { LetmeError, readingProblem } from "../errors.ts";
import { showCommand } from "../hint-commands.ts";
import type { Host } from "../host.ts";
import { nearest } from "../nearest.ts";
import { expandHome, isAbsolute, within } from "../paths.ts";
import { readActiveContext } from "./active-context.ts";
import type { ConfigProblem } from "./config-document.ts";
import { type ConfigContent, type Context, parseConfig } from "./config-file.ts";
import { parseDuration } from "./duration.ts";
import {
  parseMfaSession,
  parseTags,
  type SettingDeclaration,
  type SettingKey,
  settingDeclarations,
} from "./keys.ts";
import { type LetmePaths, letmePaths } from "./paths.ts";

/** A value, and where it came from: the kind of place, and its name for people. */
export interface Setting<Value> {
  readonly value: Value;
  readonly from: "flag" | "variable" | "file" | "default";
  readonly origin: string;
}

/** A setting whose value is understood; where it came from stays what it was. */
function withValue<Value>(setting: Setting<string>, value: Value): Setting<Value> {
  return {
    value,
    from: setting.from,
    get origin() {
      return setting.origin;
    },
  };
}

/** What holds for this run. An absent member was set nowhere. */
export interface Settings {
  readonly paths: LetmePaths;
  readonly contextName: string;
  readonly sourceProfile: Setting<string> | undefined;
  readonly sourceRegion: Setting<string> | undefined;
  readonly table: Setting<string> | undefined;
  readonly registryFile: Setting<string> | undefined;
  readonly mfaArn: Setting<string> | undefined;
  readonly mfaProcess: Setting<string> | undefined;
  /** How long one MFA code is good for, in seconds; `off` where each run asks. */
  readonly mfaSession: Setting<number | "off">;
  readonly sessionName: Setting<string> | undefined;
  /** In seconds. */
  readonly sessionDuration: Setting<number>;
  /** What accounts must have all of to be listed, or obtained without being named. */
  readonly tags: Setting<readonly string[]> | undefined;
}

/** Seconds that credentials last where nothing is said: AssumeRole's own default. */
const defaultSessionDuration = 3600;

/** GetSessionToken's own default, and about a working day. */
const defaultMfaSession = 43_200;

/** The options of the command line that are settings, by long name; absent ones undefined. */
export type SettingFlags = (name: string) => string | undefined;

/**
 * Flags before variables before the context's table before defaults. Throws a `usage` error for a
 * flag's value, a `configuration` error for a variable's or the file's.
 */
export function readSettings(host: Host, flags: SettingFlags): Settings {
  const paths = letmePaths(host);
  const { context, contextName } = readContext(host, paths, flags);
  const find = (key: SettingKey): Setting<string> | undefined =>
    findSetting(key, host, flags, context, paths);
  const duration = find("session_duration");
  const mfaSession = find("mfa_session");
  const tags = find("tags");
  return {
    paths,
    contextName,
    sourceProfile: find("aws_source_profile"),
    sourceRegion: find("aws_source_profile_region"),
    ...readRegistryPlace(find("dynamodb_table"), find("registry_file"), host, paths),
    mfaArn: find("mfa_arn"),
    mfaProcess: find("mfa_process"),
    mfaSession:
      mfaSession === undefined
        ? { value: defaultMfaSession, from: "default", origin: "the default" }
        : withValue(mfaSession, parseMfaSession(mfaSession.value) ?? defaultMfaSession),
    sessionName: find("session_name"),
    sessionDuration:
      duration === undefined
        ? { value: defaultSessionDuration, from: "default", origin: "the default" }
        : withValue(duration, parseDuration(duration.value) ?? defaultSessionDuration),
    tags: tags === undefined ? undefined : withValue(tags, parseTags(tags.value)),
  };
}

/** Reads and checks `letme-config`; undefined where there is none. Problems are left to the caller. */
export function readConfigFile(host: Host, path: string): ConfigContent | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = host.files.read(path);
  } catch (error) {
    throw new LetmeError("configuration", `\`${path}\` cannot be read (${readingProblem(error)})`, {
      hint: `see whom it belongs to and its mode: ${showCommand(path)}`,
      cause: error,
    });
  }
  return bytes === undefined ? undefined : parseConfig(new TextDecoder().decode(bytes));
}

/** The problems as the lines of one message, each `file:line:column: what`. */
export function describeProblems(path: string, problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ position, message }) => `${path}:${position.line}:${position.column}: ${message}`)
    .join("\n");
}

function readContext(
  host: Host,
  paths: LetmePaths,
  flags: SettingFlags,
): { context: Context; contextName: string } {
  const asked = askedContext(host, paths, flags);
  const content = readConfigFile(host, paths.config);
  if (content !== undefined && content.problems.length > 0) {
    throw new LetmeError("configuration", describeProblems(paths.config, content.problems), {
      hint: "correct the file, then check it with `letme config-file --verify`",
    });
  }
  const context = content?.contexts.get(asked.value);
  if (context === undefined && asked.from !== "default") {
    const known = [...(content?.contexts.keys() ?? [])];
    const meant = nearest(asked.value, known);
    throw new LetmeError(
      "configuration",
      `\`${paths.config}\` has no context \`${asked.value}\` (asked for by ${asked.origin})`,
      {
        hint:
          meant !== undefined
            ? `did you mean \`${meant}\`?`
            : known.length > 0
              ? `it has: ${known.join(", ")}`
              : `\`letme config new-context ${asked.value}\` adds it`,
      },
    );
  }
  return { context: context ?? new Map(), contextName: asked.value };
}

/** The name of the context to use, which may be none that there is. */
export function askedContext(host: Host, paths: LetmePaths, flags: SettingFlags): Setting<string> {
  const flag = flags("context");
  if (flag !== undefined) return { value: flag, from: "flag", origin: "`--context`" };
  const variable = host.env["LETME_CONTEXT"];
  if (variable !== undefined && variable !== "") {
    return { value: variable, from: "variable", origin: "`LETME_CONTEXT`" };
  }
  const active = readActiveContext(host, paths);
  if (active !== undefined) {
    return { value: active, from: "file", origin: `\`${paths.userSettings}\`` };
  }
  return { value: "general", from: "default", origin: "the default" };
}

function findSetting(
  key: SettingKey,
  host: Host,
  flags: SettingFlags,
  context: Context,
  paths: LetmePaths,
): Setting<string> | undefined {
  const declaration = settingDeclarations.find((one) => one.key === key);
  if (declaration === undefined) return undefined;
  const flag = declaration.flag === undefined ? undefined : flags(declaration.flag);
  if (flag !== undefined) {
    const origin = `\`--${declaration.flag}\``;
    return checked(declaration, { value: flag, from: "flag", origin }, "usage");
  }
  const variable = declaration.variable === undefined ? "" : host.env[declaration.variable];
  if (variable !== undefined && variable !== "") {
    const origin = `\`${declaration.variable}\``;
    return checked(declaration, { value: variable, from: "variable", origin }, "configuration");
  }
  const written = context.get(key);
  if (written === undefined) return undefined;
  return {
    value: written.text,
    from: "file",
    get origin() {
      return `\`${paths.config}\`, line ${written.position.line}`;
    },
  };
}

function checked(
  declaration: SettingDeclaration,
  setting: Setting<string>,
  kind: "usage" | "configuration",
): Setting<string> {
  const wanted = declaration.problemOf(setting.value);
  if (wanted === undefined) return setting;
  const hint =
    setting.from === "file"
      ? "correct the line, then check the file with `letme config validate`"
      : `give ${setting.origin} such a value, or leave it out`;
  throw new LetmeError(kind, `${setting.origin} must be ${wanted}, not \`${setting.value}\``, {
    hint,
  });
}

const strength = { flag: 3, variable: 2, file: 1, default: 0 } as const;

/**
 * The table or the registry file: one of the two, the one that was said in the stronger place. A
 * path in `letme-config` is relative to that file's folder, elsewhere to the current one.
 */
function readRegistryPlace(
  table: Setting<string> | undefined,
  file: Setting<string> | undefined,
  host: Host,
  paths: LetmePaths,
): Pick<Settings, "table" | "registryFile"> {
  if (file === undefined) return { table, registryFile: undefined };
  const path = expandHome(file.value, host);
  const isOfFile = file.from === "file" && !isAbsolute(path, host.platform);
  const registryFile = isOfFile ? within(host.platform, paths.home, path) : path;
  if (table === undefined) return { table, registryFile: withValue(file, registryFile) };
  if (strength[table.from] === strength[file.from]) {
    throw new LetmeError(
      file.from === "flag" ? "usage" : "configuration",
      `a table (${table.origin}) and a registry file (${file.origin}) are both set`,
      { hint: "leave one of the two out" },
    );
  }
  return strength[table.from] > strength[file.from]
    ? { table, registryFile: undefined }
    : { table: undefined, registryFile: withValue(file, registryFile) };
}
