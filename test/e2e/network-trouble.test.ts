import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { settleIn, startOrganisation, user } from "../support/organisation.ts";
import {
  type Home,
  newHome,
  type RunResult,
  runLetme,
  runLetmeInTerminal,
  startLetme,
} from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ key: "name" }, (place) => {
  ({ standIn, home } = place);
});

// letme's own limit is ten seconds, and no setting makes it shorter: the other tests run meanwhile.
let stalled: {
  readonly standIn: StandIn;
  readonly home: Home;
  readonly run: Promise<RunResult>;
};
beforeAll(async () => {
  const [standIn, home] = [await startOrganisation(), newHome()];
  settleIn(home);
  standIn.fail({ service: "dynamodb", with: "stall" });
  const environment = { ...standIn.environment, AWS_MAX_ATTEMPTS: "1" };
  stalled = { standIn, home, run: runLetme(["list"], { home, environment }) };
});
afterAll(async () => {
  await stalled.standIn.stop();
  stalled.home.dispose();
});

const letme = (args: readonly string[], environment: Record<string, string | undefined> = {}) =>
  runLetme(args, { home, environment: { ...standIn.environment, ...environment } });
const count = (operation: string) =>
  standIn.log.entries.filter((entry) => entry.operation === operation).length;
const minutes = (number: number) => number * 60_000;

describe("AWS has a bad day", () => {
  test.each([
    ["throttle", /refused Query with ThrottlingException.*\n?.*limiting the rate/],
    ["500", /refused Query with InternalServerError.*\n?.*on AWS's side/],
    ["html", /did not answer Query as AWS does \(HTTP 503, text\/html\)/],
    ["cut", /no answer from .*: the connection was cut/],
    ["cut-after-headers", /no answer from .*: the connection was cut/],
    ["bad-crc", /reply to Query was damaged on its way/],
  ] as const)("%s: three attempts, then its words", async (fault, words) => {
    standIn.fail({ service: "dynamodb", with: fault, times: 9 });
    const run = await letme(["obtain", "example1"]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(words);
    expect(count("Query")).toBe(3);
    expect(run.stderr).not.toContain("trying again");
  });

  test.each(["throttle", "500", "html", "cut", "bad-crc"] as const)(
    "%s: two times, and the third attempt is good",
    async (fault) => {
      standIn.fail({ service: "dynamodb", with: fault, times: 2 });
      expect((await letme(["obtain", "example1"])).exitCode).toBe(0);
      expect(count("Query")).toBe(3);
    },
  );

  test("the profile's max_attempts", async () => {
    home.write(".aws/config", "[default]\nmax_attempts = 5\n");
    standIn.fail({ service: "dynamodb", with: "cut", times: 4 });
    expect((await letme(["obtain", "example1"])).exitCode).toBe(0);
    expect(count("Query")).toBe(5);
  });

  test("a wait is told on a terminal, and ^C ends it at once", async () => {
    const headers = { "x-amz-retry-after": "20000" };
    standIn.fail({ service: "dynamodb", with: { code: "SlowDown", message: "slow", headers } });
    const terminal = runLetmeInTerminal(["obtain", "example1"], {
      home,
      environment: standIn.environment,
    });
    await terminal.waitFor(`127.0.0.1:${standIn.dynamodb.port}: SlowDown; trying again in 20 s`);
    terminal.type("\x03");
    const { exitCode, signal } = await terminal.exited;
    expect(exitCode === 130 || signal === "SIGINT").toBe(true);
    expect(count("Query")).toBe(1);
  });

  test("^C while nothing comes ends it at once", async () => {
    standIn.fail({ service: "dynamodb", with: "stall" });
    const arrived = standIn.hold({ service: "dynamodb" }).arrived;
    const run = startLetme(["list"], { home, environment: standIn.environment });
    await arrived;
    run.kill("SIGINT");
    const { exitCode, signal } = await run.result;
    expect(exitCode === 130 || signal === "SIGINT").toBe(true);
  });
});

describe("a clock that is off", () => {
  test("by ten minutes, which AWS lets pass: a warning", async () => {
    standIn.clock.advance(minutes(10));
    const run = await letme(["obtain", "example1"]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr.match(/warning: .*/g)).toEqual([
      "warning: the clock of this machine is 10 min behind AWS's: requests are signed with AWS's time; set the clock",
    ]);
    expect(run.stderr).toContain("expire in 1h,");
    expect(count("Query")).toBe(1);
    expect(count("AssumeRole")).toBe(1);
  });

  test.each([
    [20, "20 min behind"],
    [-90, "1 h 30 min ahead of"],
  ])("by %d minutes: one request more in all", async (offset, words) => {
    standIn.clock.advance(minutes(offset));
    const run = await letme(["list"]);
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(run.stderr.match(/warning: .*/g)?.length).toBe(1);
    expect(run.stderr).toContain(`the clock of this machine is ${words} AWS's`);
    expect(standIn.log.of("dynamodb").map((entry) => entry.status)).toEqual([400, 200]);
  });

  test("all hops of a chain are signed with the corrected time", async () => {
    standIn.clock.advance(minutes(60));
    const run = await letme(["obtain", "example3"]);
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(run.stderr.match(/warning: .*clock/g)?.length).toBe(1);
    expect(count("AssumeRole")).toBe(3);
  });

  test("behind: credentials that AWS's time has ended are not kept", async () => {
    standIn.clock.advance(minutes(120));
    expect((await letme(["obtain", "example1"])).exitCode).toBe(0);
    const first = (await letme(["export", "example2"])).stdout;
    standIn.clock.advance(minutes(65));
    const before = count("AssumeRole");
    const again = await letme(["obtain", "example1", "--no-cache"]);
    expect(again.stderr).toContain("expire in 1h,");
    expect((await letme(["export", "example2", "--no-cache"])).stdout).not.toBe(first);
    expect(count("AssumeRole")).toBe(before + 3);
  });

  test("ahead: what AWS gave is remembered, however far", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial, mfa_session: "1h" });
    standIn.clock.advance(minutes(-120));
    const code = standIn.currentCode(user.mfaSerial);
    expect((await letme(["obtain", "guarded", "--mfa-token", code])).exitCode).toBe(0);
    const run = await letme(["obtain", "example2", "dev-6"]);
    expect(`${run.exitCode} ${run.exitCode === 0 ? "" : run.stderr}`).toBe("0 ");
    expect([count("GetSessionToken"), count("AssumeRole")]).toEqual([1, 4]);
  });

  const withMfa = () => [
    "obtain",
    "guarded",
    "--mfa-arn",
    user.mfaSerial,
    "--mfa-token",
    standIn.currentCode(user.mfaSerial),
  ];

  test("the table's reply corrects it before the MFA code is sent", async () => {
    standIn.clock.advance(minutes(30));
    const run = await letme(withMfa());
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(count("AssumeRole")).toBe(1);
  });

  test("a request with an MFA code is not sent twice for it", async () => {
    expect((await letme(["init"])).exitCode).toBe(0);
    standIn.clock.advance(minutes(30));
    const run = await letme(withMfa());
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(
      /refused GetSessionToken with SignatureDoesNotMatch: Signature expired/,
    );
    expect(run.stderr).toContain("30 min behind AWS's");
    expect(run.stderr).toContain("hint: set the clock of this machine, then run the command again");
    expect([count("GetSessionToken"), count("AssumeRole")]).toEqual([1, 0]);
  });
});

describe("settings that AWS refuses, before any request", () => {
  test.each<[string, Record<string, string>, string, string]>([
    [
      "FIPS with a URL",
      { AWS_USE_FIPS_ENDPOINT: "true" },
      "",
      "FIPS endpoints (`AWS_USE_FIPS_ENDPOINT`) and an endpoint of your own",
    ],
    [
      "dual-stack with a URL",
      {},
      "use_dualstack_endpoint = true",
      "dual-stack endpoints (`use_dualstack_endpoint` of profile `default`",
    ],
    [
      "a services section that is not there",
      { AWS_ENDPOINT_URL_STS: "" },
      "services = nowhere",
      "there is no section `[services nowhere]`",
    ],
    [
      "no count of attempts",
      { AWS_MAX_ATTEMPTS: "many" },
      "",
      "`AWS_MAX_ATTEMPTS` must be a whole number",
    ],
  ])("%s", async (_, environment, line, words) => {
    home.write(".aws/config", `[default]\n${line}\n`);
    const run = await letme(["list"], environment);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(words);
    expect(run.stderr).toMatch(/^hint: /m);
    expect(standIn.log.entries).toEqual([]);
  });

  test("endpoint URLs in the source profile lead there", async () => {
    const { sts, dynamodb } = standIn;
    home.write(
      ".aws/config",
      `[default]\nendpoint_url = ${sts.url}\nservices = here\n[services here]\ndynamodb =\n  endpoint_url = ${dynamodb.url}\n`,
    );
    const run = await runLetme(["obtain", "example1"], { home });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
  });

  test("a role of another partition, before the MFA code is asked for", async () => {
    home.write("roles.toml", '[gov]\nrole = "arn:aws-us-gov:iam::000000000001:role/role0"\n');
    const registry = ["--registry-file", `${home.path}/roles.toml`];
    const terminal = runLetmeInTerminal(
      ["obtain", "gov", ...registry, "--mfa-arn", user.mfaSerial],
      { home, environment: standIn.environment, cols: 300 },
    );
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(3);
    expect(screen).toContain(
      "letme: the role of `gov` `arn:aws-us-gov:iam::000000000001:role/role0` is of the partition aws-us-gov, the source's region eu-west-1 of aws",
    );
    expect(screen).not.toContain("Enter MFA");
    expect(standIn.log.entries).toEqual([]);
  });

  test("an MFA device of another partition, before the table is asked", async () => {
    const arn = "arn:aws-cn:iam::111111111111:mfa/user001";
    const run = await letme(["obtain", "example1", "--mfa-arn", arn, "--mfa-token", "123456"]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(`the MFA device \`${arn}\` is of the partition aws-cn`);
    expect(standIn.log.entries).toEqual([]);
  });
});

test("nothing comes: ten seconds, then its words", async () => {
  const run = await stalled.run;
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain(
    `letme: no answer from \`127.0.0.1:${stalled.standIn.dynamodb.port}\`: nothing came within 10 s\nhint: check the network`,
  );
  expect(stalled.standIn.log.of("dynamodb").length).toBe(1);
});
