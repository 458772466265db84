import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { printableJson, printableLine } from "../io/printable.ts";
import { nearest } from "../nearest.ts";
import { locateSharedFiles } from "../profiles/locations.ts";
import { type ManagedProfile, readManagedProfiles } from "../profiles/managed.ts";
import { readActiveContext } from "../settings/active-context.ts";
import { removeContext, renameContext, setContext } from "../settings/config-edits.ts";
import { type ConfigContent, isContextName } from "../settings/config-file.ts";
import { letmePaths } from "../settings/paths.ts";
import { askedContext, readConfigFile } from "../settings/settings.ts";
import { mayAsk } from "./asking.ts";
import { type ConfigEdit, editConfig } from "./config-edit.ts";
import { contextValues } from "./context-values.ts";

/** Lists the contexts, in the file's order. */
export async function getContexts({ host, report, arguments: given }: Invocation): Promise<void> {
  const paths = letmePaths(host);
  const names = [...(readConfigFile(host, paths.config)?.contexts.keys() ?? [])];
  const active = askedContext(host, paths, given.value).value;
  if (given.value("output") === "json") {
    const items = names.map((name) => ({ name, active: name === active }));
    return report.result(`${printableJson({ items })}\n`);
  }
  if (names.length === 0) {
    report.warn(`\`${paths.config}\` has no contexts: \`letme config new-context NAME\` adds one`);
  }
  const lines = names.map((name) => `${name === active ? "*" : " "} ${printableLine(name)}\n`);
  return report.result(lines.join(""));
}

/** Adds a context. The first one of all becomes the active one. */
export async function newContext(invocation: Invocation, name: string): Promise<void> {
  const { report } = invocation;
  checkName(name);
  refuseKnown(await editConfig(invocation, async ({ content }) => content), name);
  // Nothing is locked while somebody thinks about an answer.
  const values = await contextValues(invocation, new Map());
  await editConfig(invocation, async (edit) => {
    refuseKnown(edit.content, name);
    await edit.write(setContext(edit.text ?? "", name, values));
    report.progress(`Context \`${name}\` written to ${edit.paths.config}`);
    const isFirst = edit.content.contexts.size === 0;
    if (!isFirst || readActiveContext(invocation.host, edit.paths) !== undefined) return;
    await edit.activate(name);
    report.progress(`\`${name}\` is the active context`);
  });
}

/** Changes keys of a context. */
export async function updateContext(invocation: Invocation, name: string): Promise<void> {
  const content = await editConfig(invocation, async (edit) => edit.content);
  const values = await contextValues(invocation, requireContext(content, name));
  await editConfig(invocation, async (edit) => {
    requireContext(edit.content, name);
    const next = setContext(edit.text ?? "", name, values);
    if (next === edit.text) {
      invocation.report.progress(`Context \`${name}\` is so already`);
      return;
    }
    await edit.write(next);
    invocation.report.progress(`Context \`${name}\` changed in ${edit.paths.config}`);
  });
}

/** Makes a context the active one. */
export async function switchContext(invocation: Invocation, name: string): Promise<void> {
  const { host, report } = invocation;
  await editConfig(invocation, async (edit) => {
    requireContext(edit.content, name);
    await edit.activate(name);
  });
  report.progress(`\`${name}\` is the active context`);
  const variable = host.env["LETME_CONTEXT"];
  if (variable !== undefined && variable !== "" && variable !== name) {
    report.warn(`LETME_CONTEXT is set, and comes first: \`${variable}\` is used`);
  }
}

/** Gives a context another name; its snapshot and its being active move with it. */
export async function renameContextTo(
  invocation: Invocation,
  name: string,
  wanted: string,
): Promise<void> {
  checkName(wanted);
  await editConfig(invocation, async (edit) => {
    requireContext(edit.content, name);
    refuseKnown(edit.content, wanted);
    await edit.write(renameContext(edit.text ?? "", name, wanted));
    if (readActiveContext(invocation.host, edit.paths) === name) await edit.activate(wanted);
    moveSnapshot(invocation, edit, name, wanted);
  });
  invocation.report.progress(`Context \`${name}\` is now \`${wanted}\``);
  warnOfProfiles(
    invocation,
    name,
    `\`letme obtain ACCOUNT --credential-process -c ${wanted}\` writes one anew`,
  );
}

/** Takes a context out of the file, with its snapshot. Profiles that it wrote stay. */
export async function deleteContext(invocation: Invocation, name: string): Promise<void> {
  const { host, report, arguments: given } = invocation;
  requireContext(await editConfig(invocation, async ({ content }) => content), name);
  if (!given.on("yes")) {
    if (!mayAsk(invocation)) {
      throw new LetmeError("usage", "deleting a context is asked for, and there is no one to ask", {
        hint: `say that you mean it: \`letme config delete-context ${name} --yes\``,
      });
    }
    if (!(await host.terminal.askYesNo(`Delete the context ${printableLine(name)}?`))) {
      throw new LetmeError("interrupted", "cancelled, nothing was changed");
    }
  }
  await editConfig(invocation, async (edit) => {
    requireContext(edit.content, name);
    await edit.write(removeContext(edit.text ?? "", name));
    if (readActiveContext(host, edit.paths) === name) {
      await edit.activate(undefined);
      report.warn(`\`${name}\` was the active context: without one it is \`general\``);
    }
    moveSnapshot(invocation, edit, name, undefined);
  });
  report.progress(`Context \`${name}\` deleted`);
  warnOfProfiles(invocation, name, "`letme remove NAME` takes one out");
}

/** Profiles that ask letme each time name their context, which is no longer there. */
function warnOfProfiles({ host, report }: Invocation, name: string, remedy: string): void {
  let profiles: readonly ManagedProfile[];
  try {
    profiles = readManagedProfiles(host, locateSharedFiles(host));
  } catch (error) {
    // What is wrong with the AWS files is no matter of contexts, and the change is made.
    if (error instanceof LetmeError) return;
    throw error;
  }
  const asking = profiles.filter(
    ({ credentialProcess, owner }) => credentialProcess !== undefined && owner?.context === name,
  );
  if (asking.length === 0) return;
  const names = asking.map((profile) => `\`${profile.name}\``).join(", ");
  report.warn(
    `profiles that ask letme for credentials name the context \`${name}\`: ${names}; ${remedy}`,
  );
}

function moveSnapshot(
  { host }: Invocation,
  { paths }: ConfigEdit,
  name: string,
  wanted: string | undefined,
): void {
  const path = paths.snapshotOf(name);
  try {
    if (host.files.status(path) === undefined) return;
    if (wanted === undefined) host.files.remove(path);
    else host.files.rename(path, paths.snapshotOf(wanted));
  } catch (error) {
    throw fileError(error, wanted === undefined ? "remove" : "rename", path);
  }
}

function requireContext({ contexts }: ConfigContent, name: string) {
  const context = contexts.get(name);
  if (context !== undefined) return context;
  const known = [...contexts.keys()];
  const meant = nearest(name, known);
  throw new LetmeError("configuration", `there is no context \`${name}\``, {
    hint:
      meant !== undefined
        ? `did you mean \`${meant}\`?`
        : known.length > 0
          ? `there are: ${known.join(", ")}`
          : "there are none yet: `letme config new-context NAME` adds one",
  });
}

function refuseKnown({ contexts }: ConfigContent, name: string): void {
  if (!contexts.has(name)) return;
  throw new LetmeError("failed", `there is a context \`${name}\` already`, {
    hint: `\`letme config update-context ${name}\` changes it`,
  });
}

function checkName(name: string): void {
  if (isContextName(name)) return;
  throw new LetmeError("usage", `\`${name}\` cannot be the name of a context`, {
    hint: "use letters, digits and `._@+-`, 64 at most",
  });
}
