import type { Invocation } from "../cli/declaration.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { formatDuration } from "../settings/duration.ts";
import type { SettingKey } from "../settings/keys.ts";
import { askedContext, readSettings, type Setting, type Settings } from "../settings/settings.ts";
import { readAwsFiles } from "./aws-files.ts";
import { regionInUse } from "./connection.ts";

/** Shows each setting with its value and where it came from. */
export async function showSettings(invocation: Invocation): Promise<void> {
  const { host, report, arguments: given } = invocation;
  const settings = readSettings(host, given.value);
  const context = askedContext(host, settings.paths, given.value);
  const rows = Object.entries(shownSettings(invocation, settings));
  if (given.value("output") === "json") {
    const document = {
      context: { name: context.value, from: context.from, origin: plain(context.origin) },
      settings: Object.fromEntries(
        rows.map(([key, setting]) => [
          key,
          setting === undefined
            ? null
            : { value: setting.value, from: setting.from, origin: plain(setting.origin) },
        ]),
      ),
    };
    return report.result(`${printableJson(document)}\n`);
  }
  const lines = [
    ["context", context.value, plain(context.origin)],
    ...rows.map(([key, setting]) => [
      key,
      setting === undefined ? "-" : textOf(key, setting.value),
      setting === undefined ? "not set" : plain(setting.origin),
    ]),
  ];
  return report.result(renderTable(["SETTING:", "VALUE:", "FROM:"], lines, report.colorOnResult()));
}

/** Undefined where nothing is set, and there is no default. */
type Shown = Setting<string | number | readonly string[]> | undefined;

function shownSettings(
  invocation: Invocation,
  settings: Settings,
): Readonly<Record<SettingKey, Shown>> {
  return {
    aws_source_profile: settings.sourceProfile,
    aws_source_profile_region: settings.sourceRegion ?? foundRegion(invocation, settings),
    dynamodb_table: settings.table,
    registry_file: settings.registryFile,
    mfa_arn: settings.mfaArn,
    mfa_process: settings.mfaProcess,
    mfa_session: settings.mfaSession,
    session_name: settings.sessionName,
    session_duration: settings.sessionDuration,
    tags: settings.tags,
  };
}

/** The region that holds without a setting, as every command finds it. */
function foundRegion(invocation: Invocation, settings: Settings): Shown {
  const region = regionInUse(invocation, settings, readAwsFiles(invocation));
  if (region === undefined) return undefined;
  return { value: region, from: "default", origin: "the source profile or AWS's variables" };
}

function textOf(key: string, value: string | number | readonly string[]): string {
  if (typeof value === "number") return formatDuration(value);
  return key === "tags" ? [value].flat().join(", ") : String(value);
}

/** Without the marks that messages have around names. */
function plain(origin: string): string {
  return origin.replaceAll("`", "");
}
