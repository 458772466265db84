import { styled } from "./color.ts";
import { printableLine } from "./printable.ts";

/** Rows under a header, in columns as wide as their widest cell, nothing behind the last. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  color: boolean,
): string {
  const cells = rows.map((row) => row.map(printableLine));
  const widths = header.map((title, column) =>
    cells.reduce(
      (widest, row) => Math.max(widest, Bun.stringWidth(row[column] ?? "")),
      title.length,
    ),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === row.length - 1
          ? cell
          : cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell)),
      )
      .join("  ");
  return `${[styled(line(header), "bold", color), ...cells.map(line)].join("\n")}\n`;
}
