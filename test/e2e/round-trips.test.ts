import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { settleIn, startOrganisation } from "../support/organisation.ts";
import { type Home, newHome, runLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

beforeEach(() => {
  home = newHome();
});
afterEach(async () => {
  await standIn.stop();
  home.dispose();
});

async function obtain(name: string, key: "name" | "id", setUp: readonly (readonly string[])[]) {
  standIn = await startOrganisation({ tls: true, key });
  settleIn(home);
  const options = { home, environment: standIn.environment };
  for (const args of setUp) expect((await runLetme(args, options)).exitCode).toBe(0);
  standIn.log.clear();
  const { exitCode, stderr } = await runLetme(["obtain", name], options);
  expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
  return standIn.log;
}

describe.each([
  ["example1", 1],
  ["example3", 3],
])("%s: %d hops", (name, hops) => {
  const assumed = Array.from({ length: hops }, () => "AssumeRole");

  test("from the table: one connection each, that to STS opened while the table is asked", async () => {
    const log = await obtain(name, "name", []);
    expect(log.connections.map((one) => one.service).sort()).toEqual(["dynamodb", "sts"]);
    expect(log.of("dynamodb").map((entry) => entry.operation)).toEqual(["Query"]);
    const sts = log.of("sts");
    expect(sts.map((entry) => entry.operation)).toEqual(["GET /", ...assumed]);
    expect(new Set(sts.map((entry) => entry.connection)).size).toBe(1);
    // The table's answer was not waited for before STS was called upon, and the other way round.
    const firstHop = sts[1]?.arrived ?? 0;
    const [query] = log.of("dynamodb");
    expect(query?.answered).toBeLessThan(firstHop);
    for (const [index, entry] of sts.entries()) {
      expect(sts[index + 1]?.arrived ?? Number.POSITIVE_INFINITY).toBeGreaterThan(
        entry.answered ?? 0,
      );
    }
  });

  test("from a table that has to be scanned: no more, once that is known", async () => {
    const log = await obtain(name, "id", [["obtain", "example2"]]);
    expect(log.connections.length).toBe(2);
    expect(log.of("dynamodb").map((entry) => entry.operation)).toEqual(["Scan"]);
  });

  test("from the snapshot: one connection, and only the hops on it", async () => {
    const log = await obtain(name, "id", [["init"]]);
    expect(log.connections.map((one) => one.service)).toEqual(["sts"]);
    expect(log.entries.map((entry) => entry.operation)).toEqual(assumed);
  });
});

test("the connection to STS is opened before the table has answered", async () => {
  standIn = await startOrganisation({ tls: true, key: "name" });
  settleIn(home);
  const table = standIn.hold({ service: "dynamodb" });
  const warm = standIn.hold({ service: "sts", operation: "GET /" });
  const run = runLetme(["obtain", "example1"], { home, environment: standIn.environment });
  await table.arrived;
  await warm.arrived;
  table.release();
  warm.release();
  expect((await run).exitCode).toBe(0);
});

test("where what opens the connection is swallowed, obtain goes on without it", async () => {
  standIn = await startOrganisation({ tls: true, key: "name" });
  settleIn(home);
  const warm = standIn.hold({ service: "sts", operation: "GET /" });
  const run = await runLetme(["obtain", "example3"], { home, environment: standIn.environment });
  expect(run.exitCode).toBe(0);
  expect(warm.waiting).toBe(1);
});

test("without that opening, obtain works all the same", async () => {
  standIn = await startOrganisation({ tls: true, key: "name" });
  settleIn(home);
  standIn.fail({ service: "sts", operation: "GET /", with: "cut" });
  const run = await runLetme(["obtain", "example1"], { home, environment: standIn.environment });
  expect(run.exitCode).toBe(0);
});
