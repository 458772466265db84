import type { Command, Invocation } from "../cli/declaration.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { locateSharedFiles, type SharedFileLocations } from "../profiles/locations.ts";
import { type ManagedProfile, readManagedProfiles } from "../profiles/managed.ts";
import { removeProfiles } from "../profiles/store.ts";
import { formatTimeTo } from "../settings/duration.ts";
import { letmePaths } from "../settings/paths.ts";
import { outputOption } from "./output-option.ts";
import { tellUpdates } from "./updates.ts";

export const status: Command = {
  words: "",
  minimumWords: 0,
  maximumWords: 0,
  options: [
    { long: ["prune"], description: "remove the profiles that have expired" },
    outputOption,
  ],
  details: [
    "Only your AWS files are looked at, and nothing is asked of AWS. A profile that letme v0.1 wrote\ndoes not say when it expires.",
  ],
  examples: [
    { command: "letme status", purpose: "every profile of letme's, and how long it is valid" },
    { command: "letme status --prune", purpose: "take the expired ones out of your AWS files" },
    {
      command: "letme status -o json | jq -r '.items[] | select(.state == \"valid\").name'",
      purpose: "the valid ones, for a script",
    },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const locations = locateSharedFiles(host);
    const now = host.clock.now();
    if (given.on("prune")) await prune(invocation, locations, now);
    const profiles = readManagedProfiles(host, locations);
    if (given.value("output") === "json") {
      const items = profiles.map((profile) => document(profile, locations, now));
      return report.result(`${printableJson({ items })}\n`);
    }
    if (profiles.length === 0) {
      report.progress("letme has no profiles in your AWS files");
      return;
    }
    const rows = profiles.map((profile) => [
      profile.name,
      profile.owner?.account ?? "-",
      profile.region ?? "-",
      profile.owner?.context ?? "-",
      timeLeft(profile, now),
    ]);
    const header = ["PROFILE:", "ACCOUNT:", "REGION:", "CONTEXT:", "LEFT:"];
    return report.result(renderTable(header, rows, report.colorOnResult()));
  },
};

async function prune(
  invocation: Invocation,
  locations: SharedFileLocations,
  now: Date,
): Promise<void> {
  const { host, report } = invocation;
  const names = readManagedProfiles(host, locations)
    .filter((profile) => stateOf(profile, now) === "expired")
    .map(({ name }) => name);
  if (names.length === 0) {
    report.progress("No profile of letme's has expired");
    return;
  }
  const { lock } = letmePaths(host);
  tellUpdates(invocation, await removeProfiles(host, locations, lock, names));
  report.progress(`Removed what had expired: ${names.join(", ")}`);
}

/** `on-demand`: the profile asks letme for credentials each time. */
type ProfileState = "valid" | "expired" | "on-demand" | "unknown";

function stateOf({ credentialProcess, expiration }: ManagedProfile, now: Date): ProfileState {
  if (credentialProcess !== undefined) return "on-demand";
  if (expiration === undefined) return "unknown";
  return expiration > now ? "valid" : "expired";
}

function timeLeft(profile: ManagedProfile, now: Date): string {
  const state = stateOf(profile, now);
  const { expiration } = profile;
  return state === "valid" && expiration !== undefined
    ? formatTimeTo(expiration, now)
    : state.replace("-", " ");
}

/** An item of `-o json`; members may be added to it, and none is taken away. */
function document(profile: ManagedProfile, locations: SharedFileLocations, now: Date) {
  const { name, owner, region, expiration } = profile;
  const state = stateOf(profile, now);
  const seconds =
    expiration === undefined ? null : Math.floor((expiration.getTime() - now.getTime()) / 1000);
  return {
    name,
    account: owner?.account ?? null,
    context: owner?.context ?? null,
    region: region ?? null,
    state,
    expiration: expiration?.toISOString() ?? null,
    secondsLeft: state === "expired" ? 0 : seconds,
    credentialsFile: profile.inCredentials ? locations.credentials : null,
    configFile: profile.inConfig ? locations.config : null,
  };
}
