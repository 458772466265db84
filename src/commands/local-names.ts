import type { NameSearch } from "../cli/complete.ts";
import type { Host } from "../host.ts";
import { locateSharedFiles } from "../profiles/locations.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import { readSharedFiles } from "../profiles/reader.ts";
import { localRegistry } from "../registry/choose.ts";
import { readTableNames } from "../registry/table-names.ts";
import { letmePaths } from "../settings/paths.ts";
import { readConfigFile, readSettings, type SettingFlags } from "../settings/settings.ts";

/**
 * The names that stand in files of this machine, sorted. Nothing is asked of the network, and what
 * is missing or wrong has no names: somebody who presses Tab is not in want of an error.
 */
export function localNames(host: Host): NameSearch {
  const profiles = () => readManagedProfiles(host, locateSharedFiles(host)).map(({ name }) => name);
  return async (kind, given) => {
    switch (kind) {
      case "account":
        return unique([
          ...(await attempt(() => accounts(host, given))),
          ...(await attempt(profiles)),
        ]);
      case "profile":
        return unique(await attempt(profiles));
      case "aws-profile":
        return unique(
          await attempt(() => readSharedFiles(host, locateSharedFiles(host)).profileNames()),
        );
      case "context":
        return unique(await attempt(() => contexts(host)));
    }
  };
}

function accounts(host: Host, given: SettingFlags): readonly string[] {
  const settings = readSettings(host, given);
  // That of another table or region is passed over, as any command passes it over.
  const { registry } = localRegistry(host, settings, settings.sourceRegion?.value);
  if (registry === undefined) return [];
  const path = settings.registryFile?.value ?? settings.paths.snapshotOf(settings.contextName);
  return readTableNames(host.files, path);
}

function contexts(host: Host): readonly string[] {
  return [...(readConfigFile(host, letmePaths(host).config)?.contexts.keys() ?? [])];
}

async function attempt(
  find: () => Promise<readonly string[]> | readonly string[],
): Promise<readonly string[]> {
  try {
    return await find();
  } catch {
    return [];
  }
}

/** Each once, sorted; without those that a shell or letme would take for something else. */
function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => /^[\w./]/.test(name)).sort();
}
