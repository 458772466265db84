import { LetmeError } from "../errors.ts";
import { type DifferingPart, differingPart } from "./differing-part.ts";
import type { FileKind, LineEdit, SharedDocument } from "./document.ts";
import type { SharedFileLocations } from "./locations.ts";
import { applyInPart, editsOfWhole, type Lookup, lookUp } from "./lookup.ts";
import { commentsIn } from "./ownership.ts";
import { type Documents, refuseTail, refuseUnlessOwned } from "./ownership-check.ts";
import { planNewBlock, planRemoval, planReplacement } from "./plan.ts";
import { findProblemsAfter } from "./problems.ts";
import { type AnyProfileToWrite, isProcessProfile } from "./profile.ts";
import { checkReadsBack } from "./read-back.ts";
import { shadowingNotes } from "./shadowing.ts";

/** What is to be done to the AWS files. */
export type Change =
  | { readonly action: "write"; readonly profiles: readonly AnyProfileToWrite[] }
  | { readonly action: "remove"; readonly names: readonly string[] };

/** One file's part of a change, proven to read back. */
export interface PlannedFile {
  readonly kind: FileKind;
  readonly before: SharedDocument;
  readonly edits: () => readonly LineEdit[];
  readonly after: SharedDocument;
  /** Undefined where nothing changes. */
  readonly part: DifferingPart | undefined;
}

export interface Plan {
  readonly config: PlannedFile;
  readonly credentials: PlannedFile;
  /** With the lines as they are after the change. */
  readonly warnings: readonly string[];
}

/** Most of the problems of one file that are worth telling at once. */
const mostProblems = 5;

/** Plans a change of both files; a `LetmeError` where something in them is not surely letme's. */
export function planChange(
  documents: Documents,
  locations: SharedFileLocations,
  change: Change,
): Plan {
  const names = new Set(
    change.action === "write" ? change.profiles.map(({ name }) => name) : change.names,
  );
  const lookups = {
    config: lookUp(documents.config, names),
    credentials: lookUp(documents.credentials, names),
  };
  const kept: string[] = [];
  if (change.action === "remove") checkKnown(lookups, locations, change.names);
  const planFile = (kind: FileKind): PlannedFile => {
    const before = documents[kind];
    const lookup = lookups[kind];
    const edits: LineEdit[] = [];
    const added = new Set<string>();
    if (change.action === "write") {
      for (const profile of change.profiles) {
        edits.push(...planWriting(before, lookup, profile, locations));
        const isNew = lookup.ownershipOf(profile.name).state !== "letme";
        if (isNew && staysIn(kind, profile)) added.add(profile.name);
      }
    } else {
      for (const name of change.names) {
        edits.push(...planRemoving(lookup, name, locations[kind], kept));
      }
    }
    const after = applyInPart(before, lookup, edits);
    const planned = { kind, before, after, edits: () => editsOfWhole(before, lookup, edits) };
    if (before.text === after.text) return { ...planned, part: undefined };
    const part = differingPart(before, after);
    checkReadsBack(locations[kind], part, {
      written: change.action === "write" ? change.profiles.filter((p) => staysIn(kind, p)) : [],
      added,
      removed:
        change.action === "remove"
          ? change.names
          : change.profiles.filter((p) => !staysIn(kind, p)).map(({ name }) => name),
    });
    return { ...planned, part };
  };
  const config = planFile("config");
  const credentials = planFile("credentials");
  const shadows =
    change.action === "write"
      ? shadowingNotes([config.after, credentials.after], locations, change.profiles)
      : [];
  const warnings = [
    ...problemsOf(config, locations.config),
    ...problemsOf(credentials, locations.credentials),
    ...shadows,
    ...kept,
    ...(change.action === "write" ? contextNotes(lookups.config, change.profiles) : []),
  ];
  return { config, credentials, warnings };
}

/** Two contexts may have accounts of one name: the profile of the one takes the other's place. */
function contextNotes(
  { ownershipOf, part }: Lookup,
  profiles: readonly AnyProfileToWrite[],
): readonly string[] {
  return profiles.flatMap(({ name, owner }) => {
    const ownership = ownershipOf(name);
    if (owner === undefined || ownership.state !== "letme") return [];
    const before = commentsIn(part, ownership.block).owner?.context;
    if (before === undefined || before === owner.context) return [];
    return [`profile \`${name}\` changes its context, from \`${before}\` to \`${owner.context}\``];
  });
}

function staysIn(kind: FileKind, profile: AnyProfileToWrite): boolean {
  return kind === "config" || !isProcessProfile(profile);
}

function planWriting(
  document: SharedDocument,
  lookup: Lookup,
  profile: AnyProfileToWrite,
  locations: SharedFileLocations,
): readonly LineEdit[] {
  const path = locations[document.kind];
  const ownership = lookup.ownershipOf(profile.name);
  refuseUnlessOwned(ownership, profile.name, path);
  if (!staysIn(document.kind, profile)) {
    return planRemoving(lookup, profile.name, path, []);
  }
  refuseTail(ownership, profile.name, path, "write");
  return ownership.state === "letme"
    ? planReplacement(lookup.part, ownership.block, profile)
    : planNewBlock(document, profile);
}

function planRemoving(
  lookup: Lookup,
  name: string,
  path: string,
  kept: string[],
): readonly LineEdit[] {
  const ownership = lookup.ownershipOf(name);
  refuseUnlessOwned(ownership, name, path);
  if (ownership.state !== "letme") return [];
  refuseTail(ownership, name, path, "remove");
  if (ownership.block.hasUserLines) {
    kept.push(`${path}: profile \`${name}\` keeps the settings that are not letme's`);
  }
  return planRemoval(lookup.part, ownership.block);
}

function checkKnown(
  lookups: Readonly<Record<FileKind, Lookup>>,
  locations: SharedFileLocations,
  names: readonly string[],
): void {
  for (const name of names) {
    const found = (["config", "credentials"] as const).map((kind) => {
      const ownership = lookups[kind].ownershipOf(name);
      refuseUnlessOwned(ownership, name, locations[kind]);
      return ownership.state;
    });
    if (found.every((state) => state === "none")) {
      throw new LetmeError(
        "failed",
        `there is no profile \`${name}\` of letme's in the AWS files`,
        {
          hint: "`letme status` shows those that there are",
        },
      );
    }
  }
}

function problemsOf({ before, after, part }: PlannedFile, path: string): readonly string[] {
  const problems = findProblemsAfter(before, after, part?.after ?? after);
  const told = problems
    .slice(0, mostProblems)
    .map(({ line, message }) => `${path}:${line}: ${message}`);
  const left = problems.length - told.length;
  return left > 0 ? [...told, `${path}: ${left} more lines like these`] : told;
}
