import { expect, test } from "bun:test";
import { join } from "node:path";

// A process reads its time zone once, so each zone has one of its own.
const program = `
  const { systemLocalTimes, sqliteLocalTimes } = await import(${JSON.stringify(join(import.meta.dir, "../../src/io/local-time.ts"))});
  const platform = process.platform === "darwin" ? "darwin" : "linux";
  const date = new Date(process.argv[1]);
  const times = [systemLocalTimes(platform), systemLocalTimes("win32"), sqliteLocalTimes];
  console.log(JSON.stringify(times.map(({ localTime, momentOf }) =>
    [localTime(date), momentOf(localTime(date)).toISOString(), momentOf("not a time").getTime()])));
`;

test.each([
  ["UTC", "2026-11-22T23:22:40.000Z", "2026-11-22 23:22:40"],
  ["Asia/Tokyo", "2026-11-22T23:22:40.000Z", "2026-11-23 08:22:40"],
  ["America/New_York", "2026-07-01T00:00:00.000Z", "2026-06-30 20:00:00"],
  ["America/New_York", "2026-12-01T00:00:00.000Z", "2026-11-30 19:00:00"],
  ["Asia/Kolkata", "2026-02-28T20:00:00.000Z", "2026-03-01 01:30:00"],
  ["Europe/Berlin", "1969-12-31T23:00:00.000Z", "1970-01-01 00:00:00"],
  ["Nowhere/AtAll", "2026-01-01T00:00:00.000Z", "2026-01-01 00:00:00"],
])("in %s, %s is %s, and back", (zone, moment, local) => {
  const run = Bun.spawnSync([process.execPath, "-e", program, moment], {
    env: { ...process.env, TZ: zone },
  });
  const each = [local, moment, null];
  expect(JSON.parse(run.stdout.toString())).toEqual([each, each, each]);
});
