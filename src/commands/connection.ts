import type { AwsClient } from "../aws/client.ts";
import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { locateSharedFiles, type SharedFileLocations } from "../profiles/locations.ts";
import { readSharedFiles, type SharedFiles } from "../profiles/reader.ts";
import { localRegistry, requireTable } from "../registry/choose.ts";
import type { Registry } from "../registry/registry.ts";
import { type TableKeyMemory, tableRegistry } from "../registry/table.ts";
import type { Settings } from "../settings/settings.ts";
import { resolveSource, sourceRegion } from "../source/resolve.ts";
import type { SourceContext, SourceCredentials } from "../source/source.ts";
import { readState, updateState } from "../state/state.ts";
import { type TokenCodes, tokenCodes } from "./token-codes.ts";

/** The AWS files of this run, read once. */
export interface AwsFiles {
  readonly locations: SharedFileLocations;
  readonly shared: SharedFiles;
}

export function readAwsFiles({ host }: Invocation): AwsFiles {
  const locations = locateSharedFiles(host);
  return { locations, shared: readSharedFiles(host, locations) };
}

/** The region that holds for this run, where any place names one. */
export function regionInUse(
  { host }: Invocation,
  settings: Settings,
  files: AwsFiles,
): string | undefined {
  return (
    settings.sourceRegion?.value ?? sourceRegion(host, files.shared, settings.sourceProfile?.value)
  );
}

/** A way to AWS: who asks, and where. */
export interface Connection {
  readonly client: AwsClient;
  readonly source: SourceCredentials;
  readonly codes: TokenCodes;
}

/** What the sources work with in this run. */
export function sourceContext(
  { host, report, version }: Invocation,
  settings: Settings,
  files: AwsFiles,
  region: string | undefined,
  codes: TokenCodes,
): SourceContext {
  return {
    host,
    sharedFiles: files.shared,
    region,
    clientIn: (place) => ({ host, region: place, version, trace: report.debug }),
    askTokenCode: codes.read,
    warn: report.warn,
    refreshLock: settings.paths.refreshLock,
  };
}

/** Finds the region and the source credentials, which some sources ask of the network. */
export async function connect(
  invocation: Invocation,
  settings: Settings,
  files: AwsFiles,
): Promise<Connection> {
  const { report } = invocation;
  const region = regionInUse(invocation, settings, files);
  if (region === undefined) {
    throw new LetmeError("configuration", "no region is set", {
      hint: `set \`aws_source_profile_region\` in \`${settings.paths.config}\`, AWS_REGION, or give \`--source-region REGION\``,
    });
  }
  const codes = tokenCodes(invocation, settings);
  const context = sourceContext(invocation, settings, files, region, codes);
  const source = await resolveSource(context, settings.sourceProfile?.value);
  report.debug(`source credentials: ${source.origin}; region: ${region}`);
  codes.checkUse();
  return { client: context.clientIn(region), source, codes };
}

/** The table of the settings as a registry, with what is remembered of it. */
export function openTable(
  { host }: Invocation,
  settings: Settings,
  { client, source }: Connection,
): { readonly registry: Registry; readonly remember: () => Promise<void> } {
  const table = requireTable(settings);
  const path = settings.paths.state;
  const place = `${client.region}/${table}`;
  let learnt: "name" | "other" | undefined;
  const memory: TableKeyMemory = {
    recall: () => readState(host, path).tableKeys[place],
    remember: (key) => {
      learnt = key;
    },
  };
  return {
    registry: tableRegistry(client, source.credentials, table, memory),
    remember: async () => {
      const key = learnt;
      if (key === undefined) return;
      await updateState(host, path, (state) => ({
        ...state,
        tableKeys: { ...state.tableKeys, [place]: key },
      }));
    },
  };
}

/** The registry on this machine, unless `--no-cache` passes the snapshot over. */
export function openLocal(
  { host, report, arguments: given }: Invocation,
  settings: Settings,
  region: string | undefined,
): Registry | undefined {
  if (given.on("no-cache") && settings.registryFile === undefined) return undefined;
  const local = localRegistry(host, settings, region);
  for (const note of local.notes) report.warn(note);
  return local.registry;
}
