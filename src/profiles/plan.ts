import { commentsFor, credentialKeys, ownOutput, propertiesFor } from "./block-text.ts";
import {
  contentOf,
  endingOf,
  endingOfDocument,
  endOfFile,
  type LineEdit,
  type SharedDocument,
} from "./document.ts";
import { endMarker, headerOf, startMarker } from "./landmarks.ts";
import type { Block } from "./ownership.ts";
import { type AnyProfileToWrite, isProcessProfile } from "./profile.ts";

/** The edits that put a profile where letme has no block of that name yet: at the end. */
export function planNewBlock(
  document: SharedDocument,
  profile: AnyProfileToWrite,
): readonly LineEdit[] {
  const { kind } = document;
  const properties = new Map(propertiesFor(kind, profile));
  if (kind === "config") properties.set("output", ownOutput);
  const insert = [
    startMarker(profile.name),
    ...commentsFor(kind, profile),
    headerOf(kind, profile.name),
    ...[...properties].map(([key, value]) => `${key} = ${value}`),
    endMarker(profile.name),
  ];
  const ending = endingOfDocument(document);
  return [{ line: endOfFile, removed: 0, insert, ending }];
}

/** The edits that bring a block up to date where it stands; what is the user's in it stays. */
export function planReplacement(
  document: SharedDocument,
  block: Block,
  profile: AnyProfileToWrite,
): readonly LineEdit[] {
  const editor = new BlockEditor(document, block);
  const wanted = propertiesFor(document.kind, profile);
  const comments = commentsFor(document.kind, profile);
  if (block.form === "legacy") {
    editor.replace(block.start, startMarker(profile.name));
  }
  editor.replaceAll(block.ownedComments, comments, block.start);
  editor.replace(block.header, headerOf(document.kind, profile.name));

  const missing = new Map(wanted);
  let last = block.header;
  for (const { key, line, isOwned } of block.properties) {
    const value = missing.get(key);
    if (value !== undefined) {
      editor.replace(line, `${key} = ${value}`);
      missing.delete(key);
      last = line;
    } else if (isOwned && (wanted.has(key) || isStale(key, profile))) {
      editor.remove(line);
    }
  }
  editor.insertAt(
    last + 1,
    [...missing].map(([key, value]) => `${key} = ${value}`),
  );
  if (block.form === "legacy") editor.insertAt(block.end, [endMarker(profile.name)]);
  return editor.edits;
}

/**
 * The edits that take away all that letme owns of a block. Where the user has keys in it, the empty
 * block stays around them: without their header they would fall to the section above.
 */
export function planRemoval(document: SharedDocument, block: Block): readonly LineEdit[] {
  const editor = new BlockEditor(document, block);
  for (const { line, isOwned } of block.properties) if (isOwned) editor.remove(line);
  const keepsMark = block.hasUserLines && document.kind === "config";
  if (!keepsMark) for (const line of block.ownedComments) editor.remove(line);
  if (!block.hasUserLines) {
    editor.remove(block.start);
    editor.remove(block.header);
    if (block.form === "marked") editor.remove(block.end);
  }
  return editor.edits;
}

/** Keys that would win over the credentials that are written, or be of another kind than they. */
function isStale(key: string, profile: AnyProfileToWrite): boolean {
  return (
    credentialKeys.includes(key) || (key === "credential_process" && !isProcessProfile(profile))
  );
}

class BlockEditor {
  readonly edits: LineEdit[] = [];
  readonly #document: SharedDocument;
  readonly #ending: LineEdit["ending"];

  constructor(document: SharedDocument, block: Block) {
    this.#document = document;
    this.#ending = endingOf(document, block.start) ?? "\n";
  }

  replace(line: number, content: string): void {
    if (contentOf(this.#document, line) === content) return;
    const ending = endingOf(this.#document, line) ?? this.#ending;
    this.edits.push({ line, removed: 1, insert: [content], ending });
  }

  /** Puts `contents` in the place of `lines`, one by one; what is left over goes after the last. */
  replaceAll(lines: readonly number[], contents: readonly string[], before: number): void {
    let last = before;
    for (const [at, line] of lines.entries()) {
      const content = contents[at];
      if (content === undefined) this.remove(line);
      else this.replace(line, content);
      last = line;
    }
    this.insertAt(last + 1, contents.slice(lines.length));
  }

  remove(line: number): void {
    this.edits.push({ line, removed: 1, insert: [], ending: this.#ending });
  }

  /** Before this line. */
  insertAt(line: number, insert: readonly string[]): void {
    if (insert.length === 0) return;
    this.edits.push({ line, removed: 0, insert, ending: this.#ending });
  }
}
