import type { UnsoundEntry } from "./account.ts";

// What `init` left out of a snapshot, because something is wrong with it: a comment a line at the
// snapshot's start, which is no TOML to any other reader.

const start = "# left out: ";
const longestPart = 200;

/** The line of an entry: its parts as JSON. A name that is longer than any account's is not kept. */
export function renderLeftOut({ name, label, attribute, problem }: UnsoundEntry): string {
  const parts = [label, attribute, problem].map((part) => part.slice(0, longestPart));
  const known = name === undefined || name.length > longestPart ? [] : [name];
  // DEL is the one control character that JSON leaves as it is, and no comment of TOML may have.
  return start + JSON.stringify([...parts, ...known]).replaceAll("\u007f", "\\u007f");
}

/** The entries in the comments at the start of a snapshot's text; what was changed by hand is none. */
export function readLeftOut(text: string): readonly UnsoundEntry[] {
  const entries: UnsoundEntry[] = [];
  for (let from = 0; text[from] === "#"; ) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? undefined : end);
    const entry = line.startsWith(start) ? decode(line.slice(start.length)) : undefined;
    if (entry !== undefined) entries.push(entry);
    if (end < 0) break;
    from = end + 1;
  }
  return entries;
}

function decode(json: string): UnsoundEntry | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === "string")) return undefined;
  const [label, attribute, problem, name] = parts;
  if (label === undefined || attribute === undefined || problem === undefined) return undefined;
  return { name, label, attribute, problem };
}
