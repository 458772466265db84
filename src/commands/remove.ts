import type { Command } from "../cli/declaration.ts";
import { locateSharedFiles } from "../profiles/locations.ts";
import { previewRemove, removeProfiles } from "../profiles/store.ts";
import { letmePaths } from "../settings/paths.ts";
import { dryRunOption, tellPreview, tellUpdates } from "./updates.ts";

export const remove: Command = {
  words: "<name>...",
  minimumWords: 1,
  maximumWords: Number.POSITIVE_INFINITY,
  options: [dryRunOption],
  completes: () => "profile",
  details: [
    "Only what letme wrote is taken out; a profile that is not letme's is refused, and nothing is\nchanged then.",
  ],
  examples: [{ command: "letme remove example1 example2", purpose: "take two profiles out" }],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const names = [...new Set(given.words)];
    const locations = locateSharedFiles(host);
    if (given.on("dry-run")) {
      return tellPreview(invocation, previewRemove(host, locations, names));
    }
    const { lock } = letmePaths(host);
    const removed = await removeProfiles(host, locations, lock, names);
    tellUpdates(invocation, removed);
    if (removed.files.every(({ action }) => action === "unchanged")) {
      report.progress("letme: nothing of letme's was left to remove.");
      return;
    }
    report.progress(`letme: removed ${names.map((name) => `'${name}'`).join(", ")}.`);
  },
};
