import { documentOfText, type SharedDocument } from "./document.ts";
import { headerOf } from "./landmark-lines.ts";
import type { SharedFileLocations } from "./locations.ts";
import { type AnyProfileToWrite, isProcessProfile } from "./profile.ts";
import { readSections, type SectionProperty } from "./sections.ts";

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
  const notes: string[] = [];
  for (const profile of profiles) {
    if (isProcessProfile(profile)) continue;
    for (const document of documents) {
      for (const { key, line } of propertiesOf(document, profile.name)) {
        const who = winners.get(key);
        if (who === undefined) continue;
        notes.push(
          `${locations[document.kind]}:${line + 1}: \`${key}\` of profile \`${profile.name}\` ` +
            `wins over letme's credentials in ${who === "every" ? "every AWS tool" : "some AWS tools"}`,
        );
      }
    }
  }
  return notes;
}

/** The properties below letme's own header of that name; only this part of the file is read. */
function propertiesOf(document: SharedDocument, name: string): readonly SectionProperty[] {
  const { text } = document;
  const header = `\n${headerOf(document.kind, name)}`;
  for (let at = text.indexOf(header); at >= 0; at = text.indexOf(header, at + 1)) {
    const after = text[at + header.length];
    if (after !== "\n" && after !== "\r") continue;
    const next = text.indexOf("\n[", at + 1);
    const part = text.slice(at + 1, next < 0 ? text.length : next + 1);
    const line = text.slice(0, at + 1).split("\n").length - 1;
    const [section] = readSections(documentOfText(document.kind, part)).sections;
    return (section?.properties ?? []).map((each) => ({ ...each, line: each.line + line }));
  }
  return [];
}
