import { expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { accounts, startOrganisation, table } from "../support/organisation.ts";
import { type Home, runLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ key: "id" }, (place) => {
  ({ standIn, home } = place);
});

const letme = (...args: string[]) => runLetme(args, { home, environment: standIn.environment });

/** What an `obtain` asks the table, which must go well. */
async function asked(...args: readonly string[]) {
  standIn.log.clear();
  const { exitCode, stderr } = await letme("obtain", "--renew", ...args);
  expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
  return standIn.log.of("dynamodb").map((entry) => entry.operation);
}

const deny = (operation: "Query" | "Scan", times: number) =>
  standIn.fail({
    service: "dynamodb",
    operation,
    times,
    with: {
      code: "AccessDeniedException",
      message: `User: x is not authorized to perform: dynamodb:${operation} on resource: y`,
    },
  });

/** The table, made anew and keyed by `name`. */
async function keyByName(of: StandIn = standIn) {
  await of.deleteTable(table);
  await of.createTable({ name: table, key: "name" });
  await of.putAccounts(table, accounts);
}

test.each([[["example1"]], [["example1", "example2"]]])(
  "a table that is made anew, keyed by `name`, needs no Scan where none is allowed: %j",
  async (names) => {
    expect(new Set(await asked(...names))).toEqual(new Set(["Query", "Scan"]));
    expect(await asked(...names)).toEqual(["Scan"]);
    await keyByName();
    deny("Scan", 1);
    expect(await asked(...names)).toEqual(["Scan", ...names.map(() => "Query")]);
    expect(await asked(...names)).toEqual(names.map(() => "Query"));
  },
);

test("a Scan that is denied of a table that is keyed otherwise stays the failure", async () => {
  await asked("example1");
  deny("Scan", 1);
  const { exitCode, stderr } = await letme("obtain", "example1", "--renew");
  expect(exitCode).toBe(4);
  expect(stderr).toContain("not authorized to perform: dynamodb:Scan");
});

test("--no-cache asks anew what the table is keyed by", async () => {
  await asked("example1");
  expect(await asked("example1", "--no-cache")).toEqual(["Query", "Scan"]);
  await keyByName();
  expect(await asked("example1", "--no-cache")).toEqual(["Query"]);
  expect(await asked("example1")).toEqual(["Query"]);
});

test("where only Scan is allowed, as for the original, a denied Query is not tried each time", async () => {
  await keyByName();
  deny("Query", 1);
  expect(await asked("example1")).toEqual(["Query", "Scan"]);
  expect(await asked("example1")).toEqual(["Scan"]);
  // `--no-cache` does not go by it, and the end of the day does not either.
  expect(await asked("example1", "--no-cache")).toEqual(["Query"]);
  expect(await asked("example1")).toEqual(["Query"]);
});

test("what is known of a table counts for no other of its name: elsewhere, or of another context", async () => {
  await asked("example1");
  expect(await asked("example1")).toEqual(["Scan"]);
  const config = home.read(".letme/letme-config") ?? "";
  home.write(".letme/letme-config", `${config}\n${config.replace("[general]", "[other]")}`);
  expect(await asked("example1", "-c", "other")).toEqual(["Query", "Scan"]);
  const first = standIn;
  standIn = await startOrganisation({ key: "name" });
  try {
    expect(await asked("example1")).toEqual(["Query"]);
  } finally {
    await standIn.stop();
    standIn = first;
  }
  expect(await asked("example1")).toEqual(["Scan"]);
});
