import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { describeProblems, readConfigFile } from "../settings/settings.ts";

/**
 * Says whether `letme-config` is right, and what of it could be better. Throws a `configuration`
 * error with each problem's place where it is not.
 */
export async function checkConfig({ host, report }: Invocation, path: string): Promise<void> {
  const content = readConfigFile(host, path);
  if (content === undefined) {
    throw new LetmeError("configuration", `\`${path}\` is not there`, {
      hint: "`letme config-file` writes it",
    });
  }
  if (content.problems.length > 0) {
    throw new LetmeError("configuration", describeProblems(path, content.problems), {
      hint: "correct the lines that are named",
    });
  }
  if (content.remarks.length > 0) {
    report.warn(describeProblems(path, content.remarks));
    report.warn("this works; `letme config migrate` rewrites the file as TOML");
  }
  for (const [name, context] of content.contexts) {
    if (!context.has("dynamodb_table") && !context.has("registry_file")) {
      report.warn(`the context \`${name}\` names neither \`dynamodb_table\` nor \`registry_file\``);
    }
  }
  const names = [...content.contexts.keys()];
  report.progress(`${path} is right; its contexts: ${names.join(", ") || "none"}`);
}
