/** A place in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a key stands in a table of a TOML text (the table's header for no key). The parser gives
 * no places for what it read, so the lines are looked through; a place that cannot be found, as
 * behind a dotted key, is the table's header or the start.
 */
export function positionOf(text: string, table: string | undefined, key?: string): Position {
  let inTable = table === undefined;
  let header: Position = { line: 1, column: 1 };
  for (const [index, line] of text.split("\n").entries()) {
    const opened = /^(\s*)\[\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_.-]+))\s*\]/.exec(line);
    if (opened !== null) {
      inTable = (opened[2] ?? opened[3] ?? opened[4]) === table;
      if (inTable) header = { line: index + 1, column: (opened[1] ?? "").length + 1 };
      if (inTable && key === undefined) return header;
      continue;
    }
    if (!inTable || key === undefined) continue;
    const assigned = /^(\s*)(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]/.exec(line);
    if (assigned !== null && (assigned[2] ?? assigned[3] ?? assigned[4]) === key) {
      return { line: index + 1, column: (assigned[1] ?? "").length + 1 };
    }
  }
  return header;
}
