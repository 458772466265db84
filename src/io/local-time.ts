import type { Database } from "bun:sqlite";

// The first local time that JavaScript's own Date gives in a process costs 5 to 10 ms, for it loads
// every time zone. SQLite asks the C library, which costs a twentieth, and the lock loads it anyway.
let database: Database | undefined;

function ask(query: string, parameter: string | number): string {
  if (database === undefined) {
    const sqlite = process.getBuiltinModule("bun:sqlite") as typeof import("bun:sqlite");
    database = new sqlite.Database(":memory:");
  }
  const row: unknown = database.query(query).values(parameter)[0];
  return Array.isArray(row) ? String(row[0]) : "";
}

/** A moment in the time zone of this machine, or of `TZ`, as `2026-11-22 23:22:40`. */
export function localTime(date: Date): string {
  return ask("SELECT datetime(?, 'unixepoch', 'localtime')", Math.floor(date.getTime() / 1000));
}

/** The moment that such a local time is. */
export function momentOf(localTime: string): Date {
  return new Date(Number(ask("SELECT strftime('%s', ?, 'utc')", localTime)) * 1000);
}
