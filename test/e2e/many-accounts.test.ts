import { beforeEach, describe, expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { addFleet, fleetName, settleInFleet } from "../support/fleet.ts";
import { accounts, settleIn, user } from "../support/organisation.ts";
import { type Home, runLetme, runLetmeInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

const count = 51;
const fifty = Array.from({ length: 50 }, (_, index) => fleetName(index));

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
});

const letme = (...args: string[]) => runLetme(args, { home, environment: standIn.environment });
const code = () => standIn.currentCode(user.mfaSerial);

/** What was asked of STS, connections that were merely opened left out. */
const calls = () =>
  standIn.log
    .of("sts")
    .map((entry) => entry.operation)
    .filter((operation) => operation !== "GET /");

const profiles = () =>
  [...(home.read(".aws/credentials") ?? "").matchAll(/^\[(.*)\]$/gm)]
    .map((match) => match[1] ?? "")
    .filter((name) => name !== "default");

describe.each(["table", "file"] as const)("50 accounts behind one bastion, from the %s", (from) => {
  beforeEach(async () => {
    await addFleet(standIn, count, home);
    settleInFleet(home, from);
  });

  test("one code and 51 AssumeRole; again: nothing; one more account: one call", async () => {
    const first = await letme("obtain", ...fifty, "--mfa-token", code());
    expect(first.stderr).toContain("Obtained 50 accounts");
    expect(first.exitCode).toBe(0);
    expect(calls().filter((operation) => operation === "AssumeRole").length).toBe(51);
    expect(calls().filter((operation) => operation !== "AssumeRole")).toEqual(["GetSessionToken"]);
    const codes = standIn.log.entries.filter((entry) => "TokenCode" in entry.parameters);
    expect(codes.length).toBe(1);
    expect(profiles().sort()).toEqual([...fifty].sort());

    standIn.log.clear();
    const files = [home.read(".aws/credentials"), home.read(".aws/config")];
    const again = await letme("obtain", ...fifty);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("Kept 50 accounts");
    expect(standIn.log.entries).toEqual([]);
    expect([home.read(".aws/credentials"), home.read(".aws/config")]).toEqual(files);

    const another = await letme("obtain", fleetName(50));
    expect(another.stderr).toContain(
      "[1/2] arn:aws:iam::000000000222:role/bastion (remembered)\n[2/2] ",
    );
    expect(another.exitCode).toBe(0);
    expect(calls()).toEqual(["AssumeRole"]);
  });

  test("--filter: all of the tags must match", async () => {
    const { exitCode } = await letme(
      ...["obtain", "--filter", "prod", "--filter", "eu", "--mfa-token", code()],
    );
    expect(exitCode).toBe(0);
    const expected = Array.from({ length: count }, (_, index) => index)
      .filter((index) => index % 10 === 0)
      .map(fleetName);
    expect(profiles()).toEqual(expected);
    if (from === "table") {
      expect(standIn.log.of("dynamodb").map((entry) => entry.operation)).toEqual(["Scan"]);
    }
    const listed = await letme("list", "--filter", "prod", "--filter", "eu", "-o", "json");
    const { items } = JSON.parse(listed.stdout);
    expect(items.map((item: { name: string }) => item.name)).toEqual(expected);
    expect(items[0].tags.toSorted()).toEqual(["eu", "prod"]);
    const none = await letme("obtain", "--filter", "nobody-has-this");
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toContain("has no accounts with the tags `nobody-has-this`");
  });

  test("--all asks first, and --yes does not", async () => {
    const unasked = await letme("obtain", "--all", "--mfa-token", code());
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stderr).toContain("these are 51 accounts");
    expect(unasked.stderr).toContain("`--yes`");
    expect(calls()).toEqual([]);
    const answered = async (keys: string) => {
      const terminal = runLetmeInTerminal(["obtain", "--all", "--mfa-token", code()], {
        home,
        environment: standIn.environment,
      });
      await terminal.waitFor("Get credentials for 51 accounts?");
      terminal.type(keys);
      return terminal.exited;
    };
    expect((await answered("\r")).exitCode).toBe(130);
    expect(calls()).toEqual([]);
    const yes = await answered("y");
    expect(yes.screen).toContain("51 of 51 accounts");
    expect(yes.exitCode).toBe(0);
    expect(profiles().length).toBe(count);
    expect((await letme("obtain", "--all", "--yes")).exitCode).toBe(0);
  });
});

test("without a terminal, each account has a line; both files are written once", async () => {
  const { stderr } = await letme("obtain", "dev-6", "stage-7", "example1");
  for (const name of ["dev-6", "stage-7", "example1"]) {
    expect(stderr).toMatch(new RegExp(`^\\[\\d/3\\] ${name}: valid until \\d{4}-.*Z$`, "m"));
  }
  expect(stderr.match(/\.aws\/credentials$/gm)).toEqual([".aws/credentials"]);
  expect(stderr).not.toContain("\u001b");
});

test("a chain's hops in order, shared ones once", async () => {
  const { exitCode } = await letme("obtain", "example2", "example3", "example1");
  expect(exitCode).toBe(0);
  const roles = standIn.log.of("sts", "AssumeRole").map((entry) => entry.parameters["RoleArn"]);
  expect(roles.length).toBe(5);
  expect(new Set(roles).size).toBe(5);
  const at = (account: number, name: string) =>
    roles.indexOf(`arn:aws:iam::${String(account).padStart(12, "0")}:role/${name}`);
  expect(at(222, "bastion")).toBeLessThan(at(333, "transit"));
  expect(at(333, "transit")).toBeLessThan(at(3, "role0"));
});

describe("failures", () => {
  test("one does not stop the others, and is named with its reason", async () => {
    home.write(".aws/config", "[profile stage-7]\nregion = eu-west-3\n");
    const { exitCode, stderr } = await letme("obtain", "dev-6", "closed", "nobody", "stage-7");
    expect(exitCode).toBe(1);
    expect(profiles()).toEqual(["dev-6"]);
    expect(stderr).toContain("letme: 3 of 4 accounts failed\n");
    expect(stderr).toMatch(/^ {2}`closed`: STS refused AssumeRole with AccessDenied: /m);
    expect(stderr).toMatch(/^ {2}`nobody`: the table `accounts` in eu-west-1 has no account/m);
    expect(stderr).toMatch(/^ {2}`stage-7`: profile `stage-7` in .* is not letme's/m);
    expect(stderr).toMatch(/^hint: /m);
  });

  test("exit code 4 where AWS refused all that failed", async () => {
    const { exitCode } = await letme("obtain", "dev-6", "closed");
    expect(exitCode).toBe(4);
    expect(profiles()).toEqual(["dev-6"]);
  });

  test("a shared hop that fails: its accounts fail together, the others do not", async () => {
    standIn.removeRole("arn:aws:iam::000000000222:role/bastion");
    const { exitCode, stderr } = await letme("obtain", "dev-6", "stage-7", "example1");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("  `dev-6`, `stage-7`: STS refused AssumeRole with AccessDenied");
    expect(profiles()).toEqual(["example1"]);
  });

  test.each<[string[], RegExp]>([
    [[], /needs <name>, `--filter TAG` or `--all`/],
    [["dev-6", "--all"], /names and `--all` do not go together/],
    [["dev-6", "--filter", "x"], /names and `--filter` do not go together/],
    [["dev-6", "stage-7", "--profile", "x"], /`--profile` names the profile of one account/],
    [["dev-6", "--min-remaining", "soon"], /`--min-remaining` must be a time/],
  ])("%j is refused", async (args, message) => {
    const { exitCode, stderr } = await letme("obtain", ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(standIn.log.entries).toEqual([]);
  });
});

test.each(["name", "id"] as const)("several names from a table keyed by %s", async (key) => {
  const keyed = `many-by-${key}`;
  await standIn.createTable({ name: keyed, key });
  await standIn.putAccounts(keyed, accounts);
  settleIn(home, { dynamodb_table: keyed });
  for (const run of ["first", "second"]) {
    standIn.log.clear();
    expect((await letme("obtain", "example1", "example2", "-r")).exitCode).toBe(0);
    const asked = standIn.log.of("dynamodb").map((entry) => entry.operation);
    if (key === "name") expect(asked).toEqual(["Query", "Query"]);
    else if (run === "second") expect(asked).toEqual(["Scan"]);
    else expect(asked.filter((operation) => operation === "Scan")).toEqual(["Scan"]);
  }
});

describe("a table keyed by name, of which a Query fails", () => {
  const keyed = "keyed-by-name";

  beforeEach(async () => {
    await standIn.createTable({ name: keyed, key: "name" });
    await standIn.putAccounts(keyed, accounts);
    settleIn(home, { dynamodb_table: keyed });
  });

  const obtain = () =>
    runLetme(["obtain", "dev-6", "example1", "example2"], {
      home,
      environment: { ...standIn.environment, AWS_MAX_ATTEMPTS: "1" },
    });
  const asked = () =>
    new Set(standIn.log.of("dynamodb").map((entry) => `${entry.operation} ${entry.code ?? "ok"}`));

  test("on AWS's side: the others are obtained, and it is named", async () => {
    standIn.fail({ service: "dynamodb", operation: "Query", with: "500" });
    const { exitCode, stderr } = await obtain();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("letme: 1 of 3 accounts failed\n");
    expect(stderr).toMatch(/^ {2}`.*`: DynamoDB refused Query with InternalServerError: /m);
    expect(profiles().length).toBe(2);
  });

  test("for it is not allowed: the others are obtained without a Scan, and it is named", async () => {
    const message = "User: x is not authorized to perform: dynamodb:Query on resource: y";
    const denied = { code: "AccessDeniedException", message };
    standIn.fail({ service: "dynamodb", operation: "Query", with: denied });
    const { exitCode, stderr } = await obtain();
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^ {2}`.*`: DynamoDB refused Query with AccessDeniedException: /m);
    expect(profiles().length).toBe(2);
    expect(asked()).toEqual(new Set(["Query AccessDeniedException", "Query ok"]));
  });

  test("all of them on AWS's side: one failure, and nothing is obtained", async () => {
    standIn.fail({ service: "dynamodb", operation: "Query", with: "500", times: 3 });
    const { exitCode, stderr } = await obtain();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^letme: DynamoDB refused Query with InternalServerError/m);
    expect(profiles()).toEqual([]);
  });
});

test("one Query that fails on AWS's side does not hide that the table is keyed otherwise", async () => {
  standIn.fail({ service: "dynamodb", operation: "Query", with: "500" });
  const { exitCode } = await runLetme(["obtain", "dev-6", "example1", "example2"], {
    home,
    environment: { ...standIn.environment, AWS_MAX_ATTEMPTS: "1" },
  });
  expect(exitCode).toBe(0);
  expect(profiles().length).toBe(3);
});

test.each([[["dev-6", "stage-7"]], [["dev-6"]], [["--all"]]])(
  "a dry run writes nothing and asks nothing of STS, no connection either: %j",
  async (which) => {
    settleIn(home, { mfa_arn: user.mfaSerial });
    const { exitCode, stdout } = await letme("obtain", ...which, "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("+[dev-6]");
    if (which.length > 1) expect(stdout).toContain("+[stage-7]");
    expect(profiles()).toEqual([]);
    expect(standIn.log.connections.map((one) => one.service)).not.toContain("sts");
  },
);

test.each([[["dev-6", "stage-7"]], [["dev-6"]], [["--all"]]])(
  "a profile that asks letme each time needs no connection to STS: %j",
  async (which) => {
    const { exitCode } = await letme("obtain", ...which, "--credential-process");
    expect(exitCode).toBe(0);
    expect(home.read(".aws/config")).toContain("[profile dev-6]");
    expect(standIn.log.connections.map((one) => one.service)).not.toContain("sts");
  },
);

test("of all accounts no more connections are opened ahead than calls can be under way", async () => {
  expect((await letme("obtain", "--all", "-q")).exitCode).toBe(4);
  const opened = standIn.log.of("sts").filter((entry) => entry.operation === "GET /");
  expect(opened.length).toBe(32);
});

test.each([
  [20, 0],
  [21, 2],
])("--all of %d accounts, with no one to ask: exit %d", async (size, expected) => {
  await addFleet(standIn, size, home);
  settleInFleet(home, "file", { mfa_arn: "" });
  const { exitCode, stderr } = await letme("obtain", "--all");
  expect(exitCode).toBe(expected);
  if (expected === 0) {
    expect(profiles().length).toBe(size);
  } else {
    expect(stderr).toContain(`letme: these are ${size} accounts, and there is no one to ask\n`);
    expect(profiles()).toEqual([]);
    expect(standIn.log.entries).toEqual([]);
  }
});
