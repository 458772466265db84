import type { Invocation } from "../cli/declaration.ts";
import type { ProcessProfileToWrite } from "../profiles/profile.ts";
import { previewWrite, writeProfiles } from "../profiles/store.ts";
import { commandLine } from "../quote-words.ts";
import { settingDeclarations } from "../settings/keys.ts";
import { readConfigFile, type Settings } from "../settings/settings.ts";
import type { AwsFiles } from "./connection.ts";
import { ownerOf } from "./profile-of.ts";
import { tellPreview, tellUpdates } from "./updates.ts";
import type { Todo } from "./work.ts";

/**
 * Writes profiles that ask letme for their credentials each time (`credential_process`), in the place
 * of credentials in the file; with `--dry-run` it shows the change.
 */
export async function writeProcessProfiles(
  invocation: Invocation,
  settings: Settings,
  { locations }: AwsFiles,
  todo: readonly Todo[],
): Promise<void> {
  const { host, report, arguments: given } = invocation;
  const profiles = todo.map(
    (one): ProcessProfileToWrite => ({
      name: one.profileName,
      owner: ownerOf(one.chain),
      region: one.chain.account.regions[0],
      credentialProcess: commandFor(invocation, settings, one.chain.account.name),
    }),
  );
  if (given.on("dry-run")) return tellPreview(invocation, previewWrite(host, locations, profiles));
  tellUpdates(invocation, await writeProfiles(host, locations, settings.paths.lock, profiles));
  for (const { name } of profiles) {
    report.progress(`\`${name}\` asks letme for credentials whenever an AWS tool needs them`);
    report.progress(`letme: use the argument '--profile ${name}' to interact with the account.`);
  }
}

/**
 * The command says again what this run was told, since the SDKs run it anywhere and any time. Of
 * several contexts it names its own: which one is the active one may change.
 */
function commandFor(
  { host, arguments: given }: Invocation,
  settings: Settings,
  name: string,
): string {
  const contexts = readConfigFile(host, settings.paths.config)?.contexts;
  const named = contexts !== undefined && contexts.size > 1 && contexts.has(settings.contextName);
  const flags = settingDeclarations.flatMap(({ key, flag }) => {
    const value = flag === undefined ? undefined : given.value(flag);
    if (flag === undefined || value === undefined) return [];
    return [`--${flag}`, key === "registry_file" ? host.files.absolute(value) : value];
  });
  return commandLine(
    [
      host.processes.ownCommand(),
      ...["export", name, "--format", "process"],
      ...(named ? ["--context", settings.contextName] : []),
      ...flags,
    ],
    host.platform,
  );
}
