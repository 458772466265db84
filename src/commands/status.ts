import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { documentReader, type ReadDocument } from "../profiles/document-reader.ts";
import { locateSharedFiles, type SharedFileLocations } from "../profiles/locations.ts";
import { type ManagedProfile, readManagedProfiles } from "../profiles/managed.ts";
import { checkRemoval, previewRemove, removeProfiles } from "../profiles/store.ts";
import { formatTimeTo } from "../settings/duration.ts";
import { letmePaths } from "../settings/paths.ts";
import { outputOption } from "./output-option.ts";
import { refusedNames } from "./refused-names.ts";
import { dryRunOption, tellPreview, tellUpdates } from "./updates.ts";
import type { Failure } from "./work.ts";

export const status: Command = {
  words: "",
  minimumWords: 0,
  maximumWords: 0,
  options: [
    { long: ["prune"], description: "remove the profiles that have expired" },
    dryRunOption,
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
    const { host, arguments: given } = invocation;
    const locations = locateSharedFiles(host);
    const now = host.clock.now();
    if (given.on("dry-run")) return previewPrune(invocation, locations, now);
    const left = given.on("prune") ? await prune(invocation, locations, now) : [];
    await showProfiles(invocation, locations, now);
    refuseLeft(left);
  },
};

async function showProfiles(
  { host, report, arguments: given }: Invocation,
  locations: SharedFileLocations,
  now: Date,
): Promise<void> {
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
}

/** Removes what has expired, and gives the names of those that have to stay. */
async function prune(
  invocation: Invocation,
  locations: SharedFileLocations,
  now: Date,
): Promise<readonly Failure[]> {
  const { host, report } = invocation;
  const read = documentReader(host, locations).current;
  let expired = findExpired(host, locations, now, read);
  if (expired.names.length > 0) {
    const { lock } = letmePaths(host);
    const updates = await removeProfiles(host, locations, lock, (readLocked) => {
      // Another letme may have renewed one by now.
      expired = findExpired(host, locations, now, readLocked);
      return expired.names;
    });
    tellUpdates(invocation, updates);
  }
  const { names, left } = expired;
  warnOfLeft(invocation, left);
  if (names.length > 0) report.progress(`Removed what had expired: ${names.join(", ")}`);
  else if (left.length === 0) report.progress("No profile of letme's has expired");
  return left;
}

async function previewPrune(
  invocation: Invocation,
  locations: SharedFileLocations,
  now: Date,
): Promise<void> {
  const { host, arguments: given } = invocation;
  if (!given.on("prune")) {
    throw new LetmeError("usage", "without `--prune` nothing is written, and `--dry-run` is idle", {
      hint: "as in `letme status --prune --dry-run`",
    });
  }
  const read = documentReader(host, locations).current;
  const { names, left } = findExpired(host, locations, now, read);
  warnOfLeft(invocation, left);
  await tellPreview(invocation, previewRemove(host, locations, names));
  refuseLeft(left);
}

/** The profiles that have expired: the names of those to remove, and those that have to stay. */
function findExpired(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  now: Date,
  read: ReadDocument,
): { readonly names: readonly string[]; readonly left: readonly Failure[] } {
  const expired = readManagedProfiles(host, locations, undefined, read)
    .filter((profile) => stateOf(profile, now) === "expired")
    .map(({ name }) => name);
  const left = refusedNames(expired, (names) => checkRemoval(read, locations, names));
  return { names: expired.filter((name) => !left.some((one) => one.name === name)), left };
}

function warnOfLeft({ report }: Invocation, left: readonly Failure[]): void {
  for (const { name, error } of left) report.warn(`\`${name}\` stays: ${error.message}`);
}

function refuseLeft(left: readonly Failure[]): void {
  if (left.length === 0) return;
  const names = left.map(({ name }) => `\`${name}\``).join(", ");
  throw new LetmeError("failed", `expired, and not removed: ${names}`, {
    hint: "put the lines that the warnings name in order, then run the command again",
  });
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
