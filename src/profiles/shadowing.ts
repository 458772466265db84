import type { SharedDocument } from "./document.ts";
import type { SharedFileLocations } from "./locations.ts";
import { type AnyProfileToWrite, isProcessProfile } from "./profile.ts";
import { readSections } from "./sections.ts";

/** Settings that win over the keys of the credentials file, in every SDK or in some (aws.md §1). */
const winners: ReadonlyMap<string, "every" | "some"> = new Map([
  ["role_arn", "every"],
  ["web_identity_token_file", "some"],
  ["sso_session", "some"],
  ["sso_start_url", "some"],
  ["sso_account_id", "some"],
  ["sso_role_name", "some"],
  ["login_session", "some"],
  ["credential_process", "some"],
]);

/**
 * One note for each setting, in either file, that AWS tools would take instead of the credentials
 * that letme writes, with its line. `text` is what the block of that profile holds in the file.
 */
export function shadowingNotes(
  documents: readonly SharedDocument[],
  locations: SharedFileLocations,
  profiles: readonly AnyProfileToWrite[],
): readonly string[] {
  const names = new Set(
    profiles.filter((profile) => !isProcessProfile(profile)).map((profile) => profile.name),
  );
  const keys = [...winners.keys()];
  const notes: string[] = [];
  for (const document of documents) {
    // Almost no file needs the reading; looking for the words is much cheaper.
    const text = document.text.toLowerCase();
    if (!keys.some((key) => text.includes(key))) continue;
    for (const section of readSections(document).sections) {
      if (section.type !== "profile" || !names.has(section.name)) continue;
      for (const { key, line } of section.properties) {
        const who = winners.get(key);
        if (who === undefined) continue;
        notes.push(
          `${locations[document.kind]}:${line + 1}: \`${key}\` of profile \`${section.name}\` wins over ` +
            `letme's credentials in ${who === "every" ? "every AWS tool" : "some AWS tools"}`,
        );
      }
    }
  }
  return notes;
}
