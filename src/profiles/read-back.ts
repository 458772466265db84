import { LetmeError } from "../errors.ts";
import { credentialKeys, propertiesFor } from "./block-text.ts";
import { documentOfText, type SharedDocument } from "./document.ts";
import type { AnyProfileToWrite } from "./profile.ts";
import { readSections, type Section } from "./sections.ts";

/** What an edit was meant to do to one file. */
export interface Intention {
  readonly written: readonly AnyProfileToWrite[];
  readonly removed: readonly string[];
}

/**
 * Makes sure, before anything is written, that the new text reads back: every profile that is not
 * meant has the properties that it had, and those that are meant have the right ones, once. Throws
 * a `LetmeError` otherwise.
 *
 * Only the part that differs is read, from the header before it to the header after it: a header at
 * a line's start makes a reader forget all before it, so equal bytes beyond it read equally.
 */
export function checkReadsBack(
  path: string,
  before: SharedDocument,
  after: SharedDocument,
  intention: Intention,
): void {
  if (before.text === after.text) return;
  const [oldPart, newPart] = differingParts(before.text, after.text);
  const oldSections = readSections(documentOfText(before.kind, oldPart)).sections;
  const newSections = readSections(documentOfText(after.kind, newPart)).sections;
  const meant = new Map(intention.written.map((profile) => [profile.name, profile]));
  const isMeant = ({ type, name }: Section) =>
    type === "profile" && (meant.has(name) || intention.removed.includes(name));

  if (fingerprint(oldSections, isMeant) !== fingerprint(newSections, isMeant)) {
    throw wouldHarm(path, "another profile would change");
  }
  for (const section of newSections.filter(isMeant)) {
    const profile = meant.get(section.name);
    const problem =
      profile === undefined ? removalProblem(section) : writtenProblem(after, section, profile);
    if (problem !== undefined) throw wouldHarm(path, problem);
  }
  const names = newSections.filter(isMeant).map((section) => section.name);
  if (new Set(names).size !== names.length) throw wouldHarm(path, "a profile would stand twice");
}

/** Both texts without the beginning and the end that they share. */
function differingParts(before: string, after: string): readonly [string, string] {
  const shared = Math.min(before.length, after.length);
  const prefix = longest(shared, (from, to) => before.slice(from, to) === after.slice(from, to));
  const start = Math.max(0, before.lastIndexOf("\n[", Math.max(0, prefix - 2)) + 1);
  const suffix = longest(
    shared - start,
    (from, to) =>
      before.slice(before.length - to, before.length - from) ===
      after.slice(after.length - to, after.length - from),
  );
  const nextHeader = before.indexOf("\n[", before.length - suffix);
  const kept = nextHeader < 0 ? 0 : before.length - nextHeader - 1;
  return [before.slice(start, before.length - kept), after.slice(start, after.length - kept)];
}

/** The greatest length up to `most` of which all parts are the same. */
function longest(most: number, isSame: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isSame(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
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

function removalProblem(section: Section): string | undefined {
  const left = section.properties.find(({ key }) => credentialKeys.includes(key));
  return left === undefined ? undefined : `\`${left.key}\` of \`${section.name}\` would stay`;
}

function wouldHarm(path: string, problem: string): LetmeError {
  return new LetmeError("failed", `\`${path}\` is left as it is: after the change ${problem}`, {
    hint: "look at the file for lines out of place, or report this with the file's shape, no secrets",
  });
}
