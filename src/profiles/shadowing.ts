import { documentOfText, linesBefore, type SharedDocument } from "./document.ts";
import { headerOf } from "./landmarks.ts";
import type { SharedFileLocations } from "./locations.ts";
import { type AnyProfileToWrite, isProcessProfile } from "./profile.ts";
import { readSections, type Section } from "./sections.ts";

/**
 * Settings that win over the keys of the credentials file, in every SDK or in some
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 */
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
 * that letme writes, with its line.
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
      const found = sectionOf(document, profile.name);
      for (const { key, line } of found?.section.properties ?? []) {
        const who = winners.get(key);
        if (found === undefined || who === undefined) continue;
        notes.push(
          `${locations[document.kind]}:${linesBefore(document.text, found.from) + line + 1}: \`${key}\` of profile \`${profile.name}\` ` +
            `wins over letme's credentials in ${who === "every" ? "every AWS tool" : "some AWS tools"}`,
        );
      }
    }
  }
  return notes;
}

/** letme's own section of that name, and where it starts; only this part of the file is read. */
function sectionOf(
  { kind, text }: SharedDocument,
  name: string,
): { readonly section: Section; readonly from: number } | undefined {
  const header = `\n${headerOf(kind, name)}`;
  for (let at = text.indexOf(header); at >= 0; at = text.indexOf(header, at + 1)) {
    const after = text[at + header.length];
    if (after !== "\n" && after !== "\r") continue;
    const next = text.indexOf("\n[", at + 1);
    const part = text.slice(at + 1, next < 0 ? text.length : next + 1);
    const [section] = readSections(documentOfText(kind, part)).sections;
    if (section !== undefined) return { section, from: at + 1 };
  }
  return undefined;
}
