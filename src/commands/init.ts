import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { requireTable } from "../registry/choose.ts";
import { sortEntries } from "../registry/registry.ts";
import { writeSnapshot } from "../registry/snapshot.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { readAwsFiles } from "./aws-files.ts";
import { connect, stateOf } from "./connection.ts";
import { openTable } from "./open-registry.ts";
import { settingOptions } from "./setting-options.ts";
import { warnOfUnsound } from "./unsound.ts";

export const init: Command = {
  words: "",
  minimumWords: 0,
  maximumWords: 0,
  options: [
    { long: ["remove"], description: "delete the snapshot" },
    ...settingOptions(["aws_source_profile", "aws_source_profile_region", "dynamodb_table"]),
  ],
  details: [
    "From then on the snapshot is read and the table is not asked; `--no-cache` asks it all the same.\nIt is written whole or not at all: when `init` fails, the old one stays.",
  ],
  examples: [
    { command: "letme init", purpose: "take a snapshot, or a new one" },
    { command: "letme init --remove", purpose: "go back to asking the table" },
  ],
  run: async (invocation) => {
    const settings = readSettings(invocation.host, invocation.arguments.value);
    const path = settings.paths.snapshotOf(settings.contextName);
    return invocation.arguments.on("remove")
      ? removeSnapshot(invocation, path)
      : takeSnapshot(invocation, settings, path);
  },
};

async function takeSnapshot(
  invocation: Invocation,
  settings: Settings,
  path: string,
): Promise<void> {
  const { host, report } = invocation;
  if (settings.registryFile !== undefined) {
    throw new LetmeError("configuration", "a registry file is set, and needs no snapshot", {
      hint: "`letme list` reads the file as it is",
    });
  }
  const table = requireTable(host, settings);
  const connection = connect(invocation, settings, readAwsFiles(invocation), ["dynamodb"]);
  const { region } = connection.client;
  const { origin } = await connection.source.load();
  report.progress(`Source: ${origin}\nRegion: ${region}\nTable: ${table}`);
  const takenAt = host.clock.now();
  const { registry } = await openTable(
    invocation,
    settings,
    connection,
    stateOf(invocation, settings, connection.client),
  );
  const { accounts, unsound } = sortEntries(await registry.list());
  warnOfUnsound(invocation, unsound);
  if (accounts.length === 0) {
    throw new LetmeError(
      "failed",
      `the table \`${table}\` has no accounts: no snapshot was taken`,
      {
        hint: "check `dynamodb_table` and the region",
      },
    );
  }
  await writeSnapshot(host, path, accounts, { table, region, takenAt }, unsound);
  const count = accounts.length === 1 ? "1 account" : `${accounts.length} accounts`;
  report.progress(`Snapshot of ${count} written to ${path}`);
}

async function removeSnapshot({ host, report }: Invocation, path: string): Promise<void> {
  try {
    if (host.files.status(path) === undefined) {
      report.progress(`There is no snapshot at ${path}`);
      return;
    }
    host.files.remove(path);
  } catch (error) {
    throw fileError(error, "remove", path);
  }
  report.progress(`Snapshot removed: ${path}`);
}
