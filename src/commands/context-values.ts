import type { Invocation, Option } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import type { ContextValues } from "../settings/config-edits.ts";
import type { Context } from "../settings/config-file.ts";
import { type SettingKey, settingDeclarations } from "../settings/keys.ts";
import { mayAsk } from "./asking.ts";
import { settingOptions } from "./setting-options.ts";

/** An option for each key of a context. */
export const contextOptions: readonly Option[] = [
  ...settingOptions(settingDeclarations.map(({ key }) => key)).map(
    ({ variable, defaultValue, ...option }) => option,
  ),
  { long: ["mfa-process"], value: "COMMAND", description: "a command that prints the MFA code" },
  {
    long: ["mfa-session"],
    value: "TIME",
    description: "how long one MFA code is good for: 15m to 36h, or off",
  },
  { long: ["tags"], value: "TAGS", description: "list only accounts with these tags: prod,eu" },
];

/**
 * What a context's keys are to be: as the options say, where there are any; else the user is asked,
 * with the present values as answers. Throws a `usage` error for a value that is none, and where
 * there is no one to ask.
 */
export async function contextValues(
  invocation: Invocation,
  present: Context,
): Promise<ContextValues> {
  const given = givenValues(invocation);
  if (given.size > 0) return withRegistry(given, present);
  if (!mayAsk(invocation)) {
    throw new LetmeError("usage", "no value is given, and there is no one to ask", {
      hint: "give them as options, as in `--table NAME --source-profile NAME --source-region REGION`",
    });
  }
  const { askContext } = await import("./context-wizard.ts");
  return askContext(invocation, present);
}

function givenValues({ arguments: given }: Invocation): Map<SettingKey, string> {
  const values = new Map<SettingKey, string>();
  for (const { key, flag, problemOf } of settingDeclarations) {
    const name = flag ?? key.replaceAll("_", "-");
    const value = given.value(name)?.trim();
    if (value === undefined) continue;
    const wanted = value === "" ? undefined : problemOf(value);
    if (wanted !== undefined) {
      throw new LetmeError("usage", `\`--${name}\` must be ${wanted}, not \`${value}\``);
    }
    values.set(key, value);
  }
  return values;
}

/** A table and a registry file exclude each other: the one that is given takes the other's place. */
function withRegistry(given: Map<SettingKey, string>, present: Context): ContextValues {
  const [table, file] = [given.get("dynamodb_table"), given.get("registry_file")];
  if (table && file) {
    throw new LetmeError("usage", "`--table` and `--registry-file` do not go together", {
      hint: "leave one of the two out",
    });
  }
  if (table && present.has("registry_file")) given.set("registry_file", "");
  if (file && present.has("dynamodb_table")) given.set("dynamodb_table", "");
  const holds = (key: SettingKey) => (given.get(key) ?? present.get(key)?.text ?? "") !== "";
  if (holds("dynamodb_table") || holds("registry_file")) return given;
  throw new LetmeError("usage", "the context has neither a table nor a registry file", {
    hint: "give `--table NAME` or `--registry-file PATH`",
  });
}
