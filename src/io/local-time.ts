import type { Database } from "bun:sqlite";
import type { Clock, Platform } from "../host.ts";
import { type CLibrary, cLibrary } from "./c-library.ts";

/** Local times in the time zone of this machine, or of `TZ`. */
export type LocalTimes = Pick<Clock, "localTime" | "momentOf">;

// The first local time that JavaScript's own Date gives in a process costs 5 to 10 ms, for it loads
// every time zone. The C library knows this one, and SQLite can ask it where letme cannot.
export function systemLocalTimes(platform: Platform): LocalTimes {
  const times = () => {
    const library = cLibrary(platform);
    return library === undefined ? sqliteLocalTimes : libraryLocalTimes(library);
  };
  return {
    localTime: (date) => times().localTime(date),
    momentOf: (localTime) => times().momentOf(localTime),
  };
}

const form = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

function libraryLocalTimes(library: CLibrary): LocalTimes {
  return {
    localTime(date) {
      const time = library.localTime(Math.floor(date.getTime() / 1000));
      const day = [digits(time.year, 4), digits(time.month, 2), digits(time.day, 2)].join("-");
      const clock = [time.hour, time.minute, time.second].map((part) => digits(part, 2)).join(":");
      return `${day} ${clock}`;
    },
    momentOf(localTime) {
      const parts = form.exec(localTime)?.slice(1).map(Number);
      if (parts === undefined) return new Date(Number.NaN);
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
      return new Date(library.seconds({ year, month, day, hour, minute, second }) * 1000);
    },
  };
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

let database: Database | undefined;

function ask(query: string, parameter: string | number): string {
  if (database === undefined) {
    const sqlite = process.getBuiltinModule("bun:sqlite") as typeof import("bun:sqlite");
    database = new sqlite.Database(":memory:");
  }
  const row: unknown = database.query(query).values(parameter)[0];
  return Array.isArray(row) ? String(row[0]) : "";
}

export const sqliteLocalTimes: LocalTimes = {
  localTime: (date) =>
    ask("SELECT datetime(?, 'unixepoch', 'localtime')", Math.floor(date.getTime() / 1000)),
  momentOf: (localTime) =>
    new Date(Number(ask("SELECT strftime('%s', ?, 'utc')", localTime)) * 1000),
};
