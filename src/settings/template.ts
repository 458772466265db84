import { renderValue } from "./config-lines.ts";
import { settingDeclarations } from "./keys.ts";

/** The `letme-config` that `letme config-file` writes: every key explained, none set. */
export function configTemplate(): string {
  const keys = settingDeclarations.map((declaration) => {
    const other = [
      declaration.flag === undefined ? undefined : `--${declaration.flag}`,
      declaration.variable,
    ].filter((name) => name !== undefined);
    return [
      ...declaration.description.map((line) => `# ${line}`),
      ...(other.length === 0 ? [] : [`# Also: ${other.join(", ")}.`]),
      `# ${declaration.key} = ${renderValue(declaration.key, declaration.example)}`,
    ].join("\n");
  });
  return `${[
    [
      "# The configuration of letme, in TOML. Every table is a context; `general` is the default one.",
      "# Take the `#` away in front of the keys that you need: a table (or a registry file) and,",
      "# where your AWS files name none, the region.",
    ].join("\n"),
    "[general]",
    ...keys,
  ].join("\n\n")}\n`;
}
