import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { refuseUnwritable } from "../files/writable.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { FileStatus } from "../host.ts";
import { letmePaths } from "../settings/paths.ts";
import { configTemplate } from "../settings/template.ts";
import { checkConfig } from "./config-check.ts";
import { whileUnchanged } from "./config-edit.ts";

export const configFile: Command = {
  words: "",
  minimumWords: 0,
  maximumWords: 0,
  options: [
    { long: ["force"], short: "f", description: "overwrite the file that is there" },
    { long: ["verify"], description: "check the file that is there, and write nothing" },
  ],
  details: ["The file is `letme-config` in `~/.letme`, or in the folder that LETME_HOME names."],
  examples: [
    { command: "letme config-file", purpose: "write the file, every key explained in it" },
    { command: "letme config-file --verify", purpose: "check it after a change" },
  ],
  run: async (invocation) => {
    const paths = letmePaths(invocation.host);
    return invocation.arguments.on("verify")
      ? checkConfig(invocation, paths.config)
      : whileUnchanged(invocation.host, paths, () => write(invocation, paths.config));
  },
};

async function write({ host, report, arguments: given }: Invocation, path: string) {
  const force = given.on("force");
  let status: FileStatus | undefined;
  try {
    status = host.files.status(path);
    // A folder in its place no option overwrites.
    if (force || status?.kind !== "file") refuseUnwritable(path, status);
  } catch (error) {
    throw fileError(error, "write", path);
  }
  if (status !== undefined && !force) {
    throw new LetmeError("failed", `\`${path}\` is there already, and was left as it is`, {
      hint: "`letme config-file --force` overwrites it; `--verify` checks it",
    });
  }
  await writeWhole(host, path, Buffer.from(configTemplate()), { mode: 0o600 });
  report.progress(`Configuration written to ${path}: set the table in it, then try \`letme list\``);
}
