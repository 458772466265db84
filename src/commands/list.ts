import type { Command, Invocation } from "../cli/declaration.ts";
import type { Clock } from "../host.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { type ManagedProfile, readManagedProfiles } from "../profiles/managed.ts";
import type { Account, UnsoundEntry } from "../registry/account.ts";
import { requireTable } from "../registry/choose.ts";
import { hasTags, type Registry, sortEntries } from "../registry/registry.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { type AwsFiles, readAwsFiles } from "./aws-files.ts";
import { connect, regionInUse, stateOf } from "./connection.ts";
import { openLocal, openTable } from "./open-registry.ts";
import { outputOption } from "./output-option.ts";
import { filterOption, filterTags, registrySettings, settingOptions } from "./setting-options.ts";
import { warnOfUnsound } from "./unsound.ts";

export const list: Command = {
  words: "",
  minimumWords: 0,
  maximumWords: 0,
  options: [
    {
      long: ["local"],
      short: "l",
      description: "add what your AWS files hold: last obtained, expiry, and where",
    },
    outputOption,
    filterOption,
    ...settingOptions(registrySettings),
  ],
  details: [
    "With `--local`, profiles that letme wrote under other names stand below the accounts.",
    "The accounts come from the registry file or the snapshot of `letme init` where there is one,\nelse from the table. An entry that is malformed is left out, and named on stderr.",
  ],
  examples: [
    { command: "letme list", purpose: "every account and its main region" },
    { command: "letme list --local", purpose: "and which of them you have credentials for" },
    { command: "letme list -o json | jq -r '.items[].name'", purpose: "the names alone" },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const settings = readSettings(host, given.value);
    const files = readAwsFiles(invocation);
    const registry = await openRegistry(invocation, settings, files);
    report.debug(`accounts come from ${registry.description}`);
    const tags = filterTags(given, settings);
    const { accounts: all, unsound } = sortEntries(await registry.list(tags));
    const accounts = all.filter((account) => hasTags(account, tags));
    warnOfUnsound(invocation, unsound);
    // The AWS files are searched for letme's profiles only where that is shown.
    const readProfiles = () =>
      new Map(
        readManagedProfiles(host, files.locations, undefined, files.documents.latest).map(
          (profile) => [profile.name, profile],
        ),
      );
    // Of a part of the accounts nobody can tell whether another profile is one of the rest.
    const othersAmong = (profiles: ReadonlyMap<string, ManagedProfile>) =>
      tags.length > 0 ? [] : othersOf(accounts, profiles);
    if (given.value("output") === "json") {
      const profiles = readProfiles();
      const others = othersAmong(profiles);
      return report.result(
        `${printableJson(document(accounts, unsound, others, profiles, files, host.clock))}\n`,
      );
    }
    if (accounts.length === 0) {
      const which =
        tags.length === 0 ? "" : ` with the tags ${tags.map((tag) => `\`${tag}\``).join(", ")}`;
      report.warn(`${registry.description} has no accounts${which}`);
    }
    const rows = accounts.map((account) => [account.name, account.regions[0] ?? "-"] as const);
    const color = report.colorOnResult();
    if (!given.on("local")) return report.result(renderTable(header, rows, color));
    const profiles = readProfiles();
    const others = othersAmong(profiles).map(({ name, region }) => [name, region ?? "-"] as const);
    return report.result(
      renderTable(
        [...header, ...localHeader],
        [...rows, ...others].map(([name, region]) => [
          name,
          region,
          ...localCells(profiles.get(name), host.clock),
        ]),
        color,
      ),
    );
  },
};

async function openRegistry(
  invocation: Invocation,
  settings: Settings,
  files: AwsFiles,
): Promise<Registry> {
  const local = openLocal(invocation, settings, regionInUse(invocation, settings, files));
  if (local !== undefined) return local;
  requireTable(invocation.host, settings);
  const connection = connect(invocation, settings, files, ["dynamodb"]);
  const state = stateOf(invocation, settings, connection.client);
  return (await openTable(invocation, settings, connection, state)).registry;
}

const header = ["NAME:", "MAIN REGION:"];
const localHeader = ["LAST ASSUMED:", "EXPIRES:", "CREDS/CONFIG FILES:"];

function localCells(profile: ManagedProfile | undefined, clock: Clock): readonly string[] {
  return [
    profile?.obtainedAt ?? "-",
    expiry(profile?.expiration, clock),
    `${profile?.inCredentials ?? false},${profile?.inConfig ?? false}`,
  ];
}

function expiry(expiration: Date | undefined, clock: Clock): string {
  if (expiration === undefined) return "-";
  return expiration <= clock.now() ? "expired" : clock.localTime(expiration);
}

/** The profiles of letme's that no account is named as. */
function othersOf(
  accounts: readonly Account[],
  profiles: ReadonlyMap<string, ManagedProfile>,
): readonly ManagedProfile[] {
  const names = new Set(accounts.map((account) => account.name));
  return [...profiles.values()].filter((profile) => !names.has(profile.name));
}

/** The document of `-o json`; members may be added to it, and none is taken away. */
function document(
  accounts: readonly Account[],
  unsound: readonly UnsoundEntry[],
  others: readonly ManagedProfile[],
  profiles: ReadonlyMap<string, ManagedProfile>,
  files: AwsFiles,
  clock: Clock,
) {
  return {
    items: accounts.map((account) => ({
      name: account.name,
      region: account.regions[0] ?? null,
      regions: account.regions,
      id: account.id ?? null,
      description: account.description ?? null,
      roles: account.roles,
      tags: account.tags,
      attributes: account.other,
      local: localDocument(profiles.get(account.name), files, clock),
    })),
    otherProfiles: others.map((profile) => ({
      name: profile.name,
      region: profile.region ?? null,
      local: localDocument(profile, files, clock),
    })),
    skipped: unsound.map(({ label, attribute, problem }) => ({ item: label, attribute, problem })),
  };
}

function localDocument(profile: ManagedProfile | undefined, { locations }: AwsFiles, clock: Clock) {
  if (profile === undefined) return null;
  return {
    lastObtained: momentOf(profile.obtainedAt, clock),
    expiration: profile.expiration?.toISOString() ?? null,
    credentialsFile: profile.inCredentials ? locations.credentials : null,
    configFile: profile.inConfig ? locations.config : null,
  };
}

/** Null also for a time that no calendar has: the comment in the file is anybody's to change. */
function momentOf(localTime: string | undefined, clock: Clock): string | null {
  const moment = localTime === undefined ? undefined : clock.momentOf(localTime);
  return moment === undefined || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
