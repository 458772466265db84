import { LetmeError } from "../errors.ts";
import { credentialKeys, propertiesFor } from "./block-text.ts";
import type { DifferingPart } from "./differing-part.ts";
import type { FileKind, SharedDocument } from "./document.ts";
import type { AnyProfileToWrite } from "./profile.ts";
import { readSections, type Section } from "./sections.ts";

/** What an edit was meant to do to one file. */
export interface Intention {
  readonly written: readonly AnyProfileToWrite[];
  /** The names of those of them that were not there. */
  readonly added: ReadonlySet<string>;
  readonly removed: readonly string[];
}

/**
 * Makes sure, before anything is written, that the new text reads back: every profile that is not
 * meant has the properties that it had, and those that are meant have the right ones, once; new ones
 * are there. Throws a `LetmeError` otherwise.
 * Only the part that differs is read: beyond it, equal bytes read equally.
 */
export function checkReadsBack(path: string, part: DifferingPart, intention: Intention): void {
  const oldSections = readSections(part.before).sections;
  const newSections = readSections(part.after).sections;
  const meant = new Map(intention.written.map((profile) => [profile.name, profile]));
  const isMeant = ({ type, name }: Section) =>
    type === "profile" && (meant.has(name) || intention.removed.includes(name));

  if (fingerprint(oldSections, isMeant) !== fingerprint(newSections, isMeant)) {
    throw wouldHarm(path, "another profile would change");
  }
  for (const section of newSections.filter(isMeant)) {
    const profile = meant.get(section.name);
    const problem =
      profile === undefined
        ? removalProblem(part.after.kind, section)
        : writtenProblem(part.after, section, profile);
    if (problem !== undefined) throw wouldHarm(path, problem);
  }
  const names = newSections.filter(isMeant).map((section) => section.name);
  const there = new Set(names);
  if (there.size !== names.length) throw wouldHarm(path, "a profile would stand twice");
  for (const name of intention.added) {
    if (!there.has(name)) throw wouldHarm(path, `\`${name}\` would not be there`);
  }
}

function fingerprint(sections: readonly Section[], isMeant: (section: Section) => boolean): string {
  return JSON.stringify(
    sections
      .filter((section) => !isMeant(section))
      .map(({ type, name, isPrefixed, properties }) => [
        type,
        name,
        isPrefixed,
        properties.map(({ key, value }) => [key, value]),
      ]),
  );
}

function writtenProblem(
  document: SharedDocument,
  section: Section,
  profile: AnyProfileToWrite,
): string | undefined {
  for (const [key, value] of propertiesFor(document.kind, profile)) {
    const found = section.properties.filter((property) => property.key === key);
    if (found.length !== 1 || found[0]?.value !== value) {
      return `\`${key}\` of \`${profile.name}\` would not read back`;
    }
  }
  return undefined;
}

/** In the config file keys are the user's own, and stay. */
function removalProblem(kind: FileKind, section: Section): string | undefined {
  if (kind === "config") return undefined;
  const left = section.properties.find(({ key }) => credentialKeys.includes(key));
  return left === undefined ? undefined : `\`${left.key}\` of \`${section.name}\` would stay`;
}

function wouldHarm(path: string, problem: string): LetmeError {
  return new LetmeError("failed", `\`${path}\` is left as it is: after the change ${problem}`, {
    hint: "look at the file for lines out of place, or report this with the file's shape, no secrets",
  });
}
