import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import type { Platform } from "../host.ts";
import type { ProcessProfileToWrite } from "../profiles/profile.ts";
import { previewWrite, writeProfiles } from "../profiles/store.ts";
import { commandLine, shellActsOn } from "../quote-words.ts";
import { settingDeclarations } from "../settings/keys.ts";
import { readConfigFile, type Settings } from "../settings/settings.ts";
import type { AwsFiles } from "./aws-files.ts";
import { ownerOf } from "./profile-of.ts";
import { tellPreview, tellUpdates } from "./updates.ts";
import type { Failure, Todo } from "./work.ts";

/**
 * Writes profiles that ask letme for their credentials each time (`credential_process`), in the place
 * of credentials in the file; with `--dry-run` it shows the change. Gives those that are refused.
 */
export async function writeProcessProfiles(
  invocation: Invocation,
  settings: Settings,
  { locations }: AwsFiles,
  todo: readonly Todo[],
): Promise<readonly Failure[]> {
  const { host, report, arguments: given } = invocation;
  const profiles: ProcessProfileToWrite[] = [];
  const refused: Failure[] = [];
  for (const { profileName: name, chain } of todo) {
    const credentialProcess = commandFor(invocation, settings, chain.account.name);
    const error = problemOf(credentialProcess, host.platform);
    if (error !== undefined) refused.push({ name, error });
    else {
      const region = chain.account.regions[0];
      profiles.push({ name, owner: ownerOf(chain), region, credentialProcess });
    }
  }
  if (profiles.length === 0) return refused;
  if (given.on("dry-run")) {
    await tellPreview(invocation, previewWrite(host, locations, profiles));
    return refused;
  }
  tellUpdates(invocation, await writeProfiles(host, locations, settings.paths.lock, profiles));
  for (const { name } of profiles) {
    report.progress(`\`${name}\` asks letme for credentials whenever an AWS tool needs them`);
    report.progress(`letme: use the argument '--profile ${name}' to interact with the account.`);
  }
  return refused;
}

/** Names come from the registry: none may have a shell do more than run letme. */
function problemOf(command: string, platform: Platform): LetmeError | undefined {
  const found = shellActsOn(command, platform);
  if (found === undefined) return undefined;
  return new LetmeError(
    "failed",
    `a \`credential_process\` cannot have \`${found}\` in it: Windows' command interpreter acts on it`,
    { hint: "without `--credential-process` the credentials are written into the file" },
  );
}

/**
 * The command says again what this run was told, since the SDKs run it anywhere and any time. It
 * names its context where letme-config has it: which one is the active one may change.
 */
function commandFor(
  { host, arguments: given }: Invocation,
  settings: Settings,
  name: string,
): string {
  const contexts = readConfigFile(host, settings.paths.config)?.contexts;
  const named = contexts?.has(settings.contextName) === true;
  const flags = settingDeclarations.flatMap(({ key, flag }) => {
    const value = flag === undefined ? undefined : given.value(flag);
    if (flag === undefined || value === undefined) return [];
    return optionWords(flag, key === "registry_file" ? host.files.absolute(value) : value);
  });
  // A name that looks like an option stands behind all that are.
  const [first, last] = name.startsWith("-") ? [[], ["--", name]] : [[name], []];
  return commandLine(
    [
      host.processes.ownCommand(),
      ...["export", ...first, "--format", "process"],
      ...(named ? optionWords("context", settings.contextName) : []),
      ...flags,
      ...last,
    ],
    host.platform,
  );
}

/** What looks like an option itself is a value only where it is written together, as in `--name=-x`. */
function optionWords(name: string, value: string): readonly string[] {
  return value.startsWith("-") ? [`--${name}=${value}`] : [`--${name}`, value];
}
