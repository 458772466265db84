import type { Invocation } from "../cli/declaration.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import { toToml } from "../settings/to-toml.ts";
import { editConfig } from "./config-edit.ts";

/** Rewrites the form of letme v0.2 as TOML; the file as it was stays beside it. */
export async function migrateConfig(invocation: Invocation): Promise<void> {
  const { host, report } = invocation;
  await editConfig(invocation, async ({ paths, text, content, write }) => {
    if (text === undefined || content.form === "toml") {
      const state = text === undefined ? "is not there" : "is TOML already";
      report.progress(`${paths.config} ${state}: nothing to do`);
      return;
    }
    const toml = toToml(text);
    const copy = freeName(host.files, `${paths.config}.v0.2`);
    removeLeftoversOf(host, [copy]);
    await writeWhole(host, copy, Buffer.from(text), { mode: 0o600 });
    await write(toml);
    report.progress(`${paths.config} is TOML now; the file as it was is ${copy}`);
  });
}

/** The name itself, or with the first number behind it that none has. */
function freeName(files: Invocation["host"]["files"], path: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (files.status(name) === undefined) return name;
  }
}
