import type { Command, Invocation } from "../cli/declaration.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { type ManagedProfile, readManagedProfiles } from "../profiles/managed.ts";
import type { Account } from "../registry/account.ts";
import { type Registry, sortEntries, type UnsoundEntry } from "../registry/registry.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import {
  type AwsFiles,
  connect,
  openLocal,
  openTable,
  readAwsFiles,
  regionInUse,
} from "./connection.ts";
import { registrySettings, settingOptions } from "./setting-options.ts";

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
    {
      long: ["output"],
      short: "o",
      value: "FORMAT",
      choices: ["text", "json"],
      description: "text for people, or json with everything",
      defaultValue: "text",
    },
    ...settingOptions(registrySettings),
  ],
  details: [
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
    const { accounts, unsound } = sortEntries(await registry.list());
    warnOfUnsound(invocation, unsound);
    // The AWS files are searched for letme's profiles only where that is shown.
    const profiles = () =>
      new Map(readManagedProfiles(host, files.locations).map((profile) => [profile.name, profile]));
    if (given.value("output") === "json") {
      return report.result(`${printableJson(document(accounts, unsound, profiles(), files))}\n`);
    }
    if (accounts.length === 0) report.warn(`${registry.description} has no accounts`);
    return report.result(
      given.on("local")
        ? localTable(accounts, profiles(), host.clock.now(), report.colorOnResult())
        : renderTable(
            ["NAME:", "MAIN REGION:"],
            accounts.map((account) => [account.name, mainRegion(account)]),
            report.colorOnResult(),
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
  return openTable(invocation, settings, await connect(invocation, settings, files)).registry;
}

/** Names each entry that is left out, and why. */
export function warnOfUnsound({ report }: Invocation, unsound: readonly UnsoundEntry[]): void {
  for (const { label, attribute, problem } of unsound) {
    report.warn(
      `left out \`${oneLine(label)}\`: its attribute \`${attribute}\` ${oneLine(problem)}`,
    );
  }
}

/** Registry text in a message must not look like lines of letme's own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ");
}

function mainRegion(account: Account): string {
  return account.regions[0] ?? "-";
}

function localTable(
  accounts: readonly Account[],
  profiles: ReadonlyMap<string, ManagedProfile>,
  now: Date,
  color: boolean,
): string {
  const rows = accounts.map((account) => {
    const profile = profiles.get(account.name);
    return [
      account.name,
      mainRegion(account),
      profile?.obtainedAt === undefined ? "-" : localTime(profile.obtainedAt),
      expiry(profile?.expiration, now),
      `${profile?.inCredentials ?? false},${profile?.inConfig ?? false}`,
    ];
  });
  const header = ["NAME:", "MAIN REGION:", "LAST ASSUMED:", "EXPIRES:", "CREDS/CONFIG FILES:"];
  return renderTable(header, rows, color);
}

function expiry(expiration: Date | undefined, now: Date): string {
  if (expiration === undefined) return "-";
  return expiration <= now ? "expired" : localTime(expiration);
}

function localTime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** The document of `-o json`; members may be added to it, and none is taken away. */
function document(
  accounts: readonly Account[],
  unsound: readonly UnsoundEntry[],
  profiles: ReadonlyMap<string, ManagedProfile>,
  files: AwsFiles,
) {
  return {
    items: accounts.map((account) => ({
      name: account.name,
      region: account.regions[0] ?? null,
      regions: account.regions,
      id: account.id ?? null,
      description: account.description ?? null,
      roles: account.roles,
      attributes: account.other,
      local: localDocument(profiles.get(account.name), files),
    })),
    skipped: unsound.map(({ label, attribute, problem }) => ({ item: label, attribute, problem })),
  };
}

function localDocument(profile: ManagedProfile | undefined, { locations }: AwsFiles) {
  if (profile === undefined) return null;
  return {
    lastObtained: profile.obtainedAt?.toISOString() ?? null,
    expiration: profile.expiration?.toISOString() ?? null,
    credentialsFile: profile.inCredentials ? locations.credentials : null,
    configFile: profile.inConfig ? locations.config : null,
  };
}
