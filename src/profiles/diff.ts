import { isOwnedComment } from "./block-text.ts";
import { contentOf, inOrder, type LineEdit, type SharedDocument } from "./document.ts";
import { isLegacyMarker } from "./landmarks.ts";

interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly content: string;
}

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: DiffLine[];
}

const contextLines = 3;

/**
 * A change as a unified diff, fit to be shown: of each property only the key is, unless its value
 * is one that can be no secret; comments and lines that are neither key nor header are hidden.
 */
export function renderDiff(
  path: string,
  document: SharedDocument,
  edits: readonly LineEdit[],
): string {
  const hunks = hunksOf(document, edits);
  if (hunks.length === 0) return "";
  const oldName = document.text === "" ? "/dev/null" : path;
  return [`--- ${oldName}`, `+++ ${path}`, ...hunks.flatMap(renderHunk), ""].join("\n");
}

/** A line of an AWS file with every value hidden that could be a secret. */
export function hideSecrets(content: string): string {
  const line = content.replace(/[^\x20-\x7e\t]/g, "?");
  if (line.trim() === "") return line;
  if (isKnownComment(line) || /^\[[^\]]*\]\s*$/.test(line)) return line;
  if (/^\s*[#;]/.test(line)) return `${/^\s*[#;]/.exec(line)?.[0] ?? "#"} ${hidden}`;
  const [, key, gap, value = ""] = /^([a-z][a-z0-9_]*)(\s*=\s*)(.*)$/.exec(line) ?? [];
  if (key === undefined || key.length > longestKey) return hidden;
  return `${key}${gap}${shownValues.get(key)?.test(value) === true || value === "" ? value : hidden}`;
}

const hidden = "****";
/** A secret access key has 40 characters: what is as long as one is not shown as a key. */
const longestKey = 39;
const shownValues: ReadonlyMap<string, RegExp> = new Map([
  ["region", /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/],
  ["output", /^(?:json|text|table|yaml|yaml-stream)$/],
  [
    "credential_process",
    /^letme (?:obtain [\w\-/.%@:+]+|export [\w\-/.%@:+]+ --format process)(?: --context [\w.@+-]{1,39})?(?: -[\w-]+)*$/,
  ],
]);

function isKnownComment(line: string): boolean {
  return isOwnedComment(line) || isLegacyMarker(line) || /^#[se]-[\w\-/.%@:+]+\s*$/.test(line);
}

function hunksOf(document: SharedDocument, edits: readonly LineEdit[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  const lines = document.starts.length;
  let shift = 0;
  let next = 0;
  let current: Hunk | undefined;
  const takeContext = (until: number) => {
    for (; next < until; next += 1) {
      current?.lines.push({ sign: " ", content: contentOf(document, next) });
    }
  };
  for (const edit of inOrder(edits)) {
    const at = Math.min(edit.line, lines);
    if (current === undefined || at - next > 2 * contextLines) {
      if (current !== undefined) takeContext(Math.min(lines, next + contextLines));
      next = Math.max(next, at - contextLines);
      current = { oldStart: next, newStart: next + shift, lines: [] };
      hunks.push(current);
    }
    takeContext(at);
    for (let line = at; line < at + edit.removed; line += 1) {
      current.lines.push({ sign: "-", content: contentOf(document, line) });
    }
    for (const content of edit.insert) current.lines.push({ sign: "+", content });
    next = Math.max(next, at + edit.removed);
    shift += edit.insert.length - edit.removed;
  }
  takeContext(Math.min(lines, next + contextLines));
  return hunks;
}

function renderHunk(hunk: Hunk): readonly string[] {
  const olds = hunk.lines.filter(({ sign }) => sign !== "+").length;
  const news = hunk.lines.filter(({ sign }) => sign !== "-").length;
  const range = (start: number, count: number) => `${count === 0 ? start : start + 1},${count}`;
  return [
    `@@ -${range(hunk.oldStart, olds)} +${range(hunk.newStart, news)} @@`,
    ...hunk.lines.map(({ sign, content }) => sign + hideSecrets(content)),
  ];
}
