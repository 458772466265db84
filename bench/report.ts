import type { Times } from "./measure.ts";

/** One line of the result. */
export interface Line {
  readonly what: string;
  readonly times?: Times;
  /** The figure that the bound is for, in words. */
  readonly figure?: string;
  readonly bound?: string;
  /** Whether the bound holds; undefined where there is none. */
  readonly holds?: boolean;
}

/** A part of the bench as it is printed. */
export interface Part {
  readonly title: string;
  /** How it was measured, and what to know to read it. */
  readonly notes: readonly string[];
  readonly lines: readonly Line[];
}

/** A line that no bound is for: the side that others are held against. */
export function plainLine(what: string, times: Times): Line {
  return { what, times };
}

/** A line for a side held against another by their medians, less what is excluded from both. */
export function ratioLine(
  what: string,
  times: Times,
  against: Times,
  bound: number,
  excluded: { readonly here: number; readonly there: number } = { here: 0, there: 0 },
): Line {
  const ratio = (times.median - excluded.here) / (against.median - excluded.there);
  return {
    what,
    times,
    figure: `${ratio.toFixed(2)} ×`,
    bound: `${bound} ×`,
    holds: ratio <= bound,
  };
}

const header = ["", "median ms", "min", "max", "figure", "bound", ""];

export function renderPart({ title, notes, lines }: Part): string {
  const rows = [header, ...lines.map(cells)];
  const widths = header.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const table = rows.map((row) =>
    `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join("  ")}`.trimEnd(),
  );
  return [title, ...notes.map((note) => `  ${note}`), ...table, ""].join("\n");
}

function cells({ what, times, figure = "", bound = "", holds }: Line): readonly string[] {
  const numbers =
    times === undefined
      ? ["", "", ""]
      : [times.median, times.least, times.most].map((number) => number.toFixed(1));
  return [what, ...numbers, figure, bound, holds === undefined ? "" : holds ? "holds" : "MISSED"];
}

/** Text to the left, figures to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 || column === header.length - 1 ? cell.padEnd(width) : cell.padStart(width);
}
