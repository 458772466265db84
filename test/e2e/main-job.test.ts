import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";
import { callSts } from "../stand-in/client.ts";
import { placeForEachTest } from "../support/each-test.ts";
import { accounts, settleIn, table, user } from "../support/organisation.ts";
import { type Home, newHome, runLetme, runLetmeInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
});

const letme = (...args: string[]) => runLetme(args, { home, environment: standIn.environment });

/** What AWS's JavaScript SDK reads under this name. */
async function readBack(name: string) {
  const files = await loadSharedConfigFiles({
    filepath: home.awsCredentials,
    configFilepath: home.awsConfig,
    ignoreCache: true,
  });
  const credentials = files.credentialsFile[name];
  return { credentials, config: files.configFile[name] };
}

/** Who STS takes the profile for. */
async function callerOf(name: string): Promise<string> {
  const { credentials } = await readBack(name);
  const reply = await callSts(
    standIn,
    {
      accessKeyId: credentials?.["aws_access_key_id"] ?? "",
      secretAccessKey: credentials?.["aws_secret_access_key"] ?? "",
      sessionToken: credentials?.["aws_session_token"] ?? "",
    },
    { Action: "GetCallerIdentity" },
  );
  return /<Arn>(.*)<\/Arn>/.exec(reply.text)?.[1] ?? reply.text;
}

describe("list", () => {
  const names = accounts.map((account) => account["name"]?.["S"] as string).sort();

  test("shows every account with its main region, sorted", async () => {
    const { exitCode, stdout, stderr } = await letme("list");
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^NAME: +MAIN REGION:$/);
    expect(lines.slice(1).map((line) => line.split(/ +/)[0])).toEqual(names);
    expect(stdout).toMatch(/^example3 +eu-north-1$/m);
  });

  test("-o json holds everything", async () => {
    await letme("obtain", "example1");
    const { stdout } = await letme("list", "-o", "json");
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(["items", "otherProfiles", "skipped"]);
    expect(document.items.map((item: { name: string }) => item.name)).toEqual(names);
    const item = document.items.find((one: { name: string }) => one.name === "example1");
    expect(item).toEqual({
      name: "example1",
      region: "eu-west-1",
      regions: ["eu-west-1", "eu-central-1"],
      id: "1",
      description: "one role",
      roles: ["arn:aws:iam::000000000001:role/role0"],
      tags: [],
      attributes: { team: "platform" },
      local: {
        lastObtained: expect.stringMatching(/^\d{4}-.*Z$/),
        expiration: expect.stringMatching(/^\d{4}-.*Z$/),
        credentialsFile: home.awsCredentials,
        configFile: home.awsConfig,
      },
    });
  });

  test("--local adds what the AWS files hold", async () => {
    await letme("obtain", "example1");
    const { stdout } = await letme("list", "--local");
    const time = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
    expect(stdout).toMatch(/^NAME: +MAIN REGION: +LAST ASSUMED: +EXPIRES: +CREDS\/CONFIG FILES:$/m);
    expect(stdout).toMatch(new RegExp(`^example1 +eu-west-1 +${time} +${time} +true,true$`, "m"));
    expect(stdout).toMatch(/^example2 +us-east-1 +- +- +false,false$/m);
  });

  test("5,000 accounts over several pages", async () => {
    const many = "many-accounts";
    await standIn.createTable({ name: many, key: "id" });
    const items = Array.from({ length: 5000 }, (_, index) => ({
      id: { N: String(index) },
      name: { S: `account-${String(index).padStart(5, "0")}` },
      description: { S: "x".repeat(600) },
      region: { L: [{ S: "eu-west-1" }] },
      role: { L: [{ S: `arn:aws:iam::${String(index).padStart(12, "0")}:role/role0` }] },
    }));
    await standIn.putAccounts(many, items);
    const { stdout } = await letme("list", "--table", many);
    expect(standIn.log.of("dynamodb", "Scan").length).toBeGreaterThan(2);
    const lines = stdout.trimEnd().split("\n").slice(1);
    expect(lines.map((line) => line.split(/ +/)[0])).toEqual(items.map((item) => item.name.S));
    // The last one is on the last page, and is found.
    const obtained = await letme("obtain", "account-04999", "--table", many);
    expect(obtained.stderr).toContain("role/role0");
    expect(obtained.exitCode).toBe(4);
  }, 60_000);
});

describe("obtain", () => {
  test("one role", async () => {
    const { exitCode, stdout, stderr } = await letme("obtain", "example1");
    expect(exitCode).toBe(0);
    expect(stdout).toBe("");
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toBe("Using default session name: example1-letme-session");
    expect(lines).toContain("[1/1] arn:aws:iam::000000000001:role/role0");
    expect(lines.at(-1)).toBe(
      "letme: use the argument '--profile example1' to interact with the account.",
    );
    expect(await callerOf("example1")).toBe(
      "arn:aws:sts::000000000001:assumed-role/role0/example1-letme-session",
    );
    expect((await readBack("example1")).config).toEqual({ region: "eu-west-1", output: "json" });
    expect(statSync(home.awsCredentials).mode & 0o777).toBe(0o600);
    expect(statSync(home.awsConfig).mode & 0o777).toBe(0o600);
  });

  test("the blocks are the documented ones", async () => {
    await letme("obtain", "example1");
    expect(home.read(".aws/credentials")).toMatch(
      /\n#s-example1\n#[A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d:\d\d;t\n#expires \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ chain [0-9a-f]{8}\n\[example1\]\naws_access_key_id = \S+\naws_secret_access_key = \S+\naws_session_token = \S+\n#e-example1\n$/,
    );
    expect(home.read(".aws/config")).toBe(
      "#s-example1\n#managed by letme\n#account 000000000001 context general\n[profile example1]\nregion = eu-west-1\noutput = json\n#e-example1\n",
    );
  });

  test("again: the block is replaced where it stands", async () => {
    await letme("obtain", "example1");
    await letme("obtain", "example2");
    const before = home.read(".aws/credentials") ?? "";
    await letme("ob", "example1", "--renew");
    const after = home.read(".aws/credentials") ?? "";
    expect(after).not.toBe(before);
    expect(after.match(/^\[.*\]$/gm)).toEqual(["[default]", "[example1]", "[example2]"]);
  });

  test.each(["table", "snapshot"])(
    "three hops with MFA on a terminal, from the %s",
    async (from) => {
      settleIn(home, { mfa_arn: user.mfaSerial, session_name: "user001-with-letme" });
      if (from === "snapshot") expect((await letme("init")).exitCode).toBe(0);
      standIn.log.clear();
      const terminal = runLetmeInTerminal(["obtain", "example3"], {
        home,
        environment: standIn.environment,
      });
      await terminal.waitFor("Enter MFA one time pass code:");
      terminal.type("12345\r");
      await terminal.waitFor("it must be six digits");
      terminal.type("\x7f\x7f\x7f\x7f\x7f");
      const code = standIn.currentCode(user.mfaSerial);
      terminal.type(`${code}\r`);
      const { exitCode, screen } = await terminal.exited;
      expect(exitCode).toBe(0);
      expect(screen).not.toContain(code);
      expect(screen).toContain("More than one role detected. Total hops: 3");
      const hops = [...screen.matchAll(/\[(\d)\/3\] (\S+)/g)].map((hop) => `${hop[1]} ${hop[2]}`);
      expect(hops).toEqual([
        "1 arn:aws:iam::000000000222:role/bastion",
        "2 arn:aws:iam::000000000333:role/transit",
        "3 arn:aws:iam::000000000003:role/role0",
      ]);
      // The code is given for a session, so that it need not be typed again for the next account.
      const calls = standIn.log.of("sts").filter((call) => call.operation !== "GET /");
      expect(calls.map((call) => [call.operation, call.parameters["SerialNumber"]])).toEqual([
        ["GetSessionToken", user.mfaSerial],
        ["AssumeRole", undefined],
        ["AssumeRole", undefined],
        ["AssumeRole", undefined],
      ]);
      expect(await callerOf("example3")).toBe(
        "arn:aws:sts::000000000003:assumed-role/role0/user001-with-letme",
      );
      if (from === "snapshot") expect(standIn.log.of("dynamodb")).toEqual([]);
    },
  );

  test.each(["--mfa-token", "--inline-mfa", "--token-code", "LETME_MFA_TOKEN"])(
    "an MFA code by %s",
    async (way) => {
      settleIn(home, { mfa_arn: user.mfaSerial });
      const code = standIn.currentCode(user.mfaSerial);
      const { exitCode, stderr } = await runLetme(
        ["obtain", "guarded", ...(way.startsWith("--") ? [way, code] : [])],
        {
          home,
          environment: { ...standIn.environment, ...(way.startsWith("--") ? {} : { [way]: code }) },
        },
      );
      expect(stderr).not.toContain(code);
      expect(exitCode).toBe(0);
    },
  );

  test("an MFA code by a command", async () => {
    const code = standIn.currentCode(user.mfaSerial);
    settleIn(home, { mfa_arn: user.mfaSerial, mfa_process: `/bin/sh -c 'echo ${code}'` });
    expect((await letme("obtain", "guarded")).exitCode).toBe(0);
  });

  test("duration and session name as set; a chain is capped, and that is said", async () => {
    await letme("obtain", "example1", "-d", "4h", "--session-name", "me@example.com");
    const single = standIn.log.of("sts", "AssumeRole").at(-1)?.parameters;
    expect(single?.["DurationSeconds"]).toBe("14400");
    expect(single?.["RoleSessionName"]).toBe("me@example.com");
    const { stderr, exitCode } = await letme("obtain", "example2", "--duration=4h");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("warning: the credentials last 1h, not 4h");
    for (const call of standIn.log.of("sts", "AssumeRole").slice(-2)) {
      expect(call.parameters["DurationSeconds"]).toBe("3600");
    }
  });

  test("with no config file, from variables or flags, keys in the environment", async () => {
    using bare = newHome();
    const environment = {
      ...standIn.environment,
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    };
    const byFlags = await runLetme(
      ["obtain", "example1", "--table", table, "--source-region", "eu-west-1"],
      { home: bare, environment },
    );
    expect(byFlags.exitCode).toBe(0);
    const byVariables = await runLetme(["obtain", "example1", "-q", "--no-input"], {
      home: bare,
      environment: { ...environment, LETME_DYNAMODB_TABLE: table, AWS_REGION: "eu-west-1" },
    });
    expect(byVariables).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(bare.read(".aws/credentials")).toContain("[example1]");
  });

  test("the AWS files where the variables say", async () => {
    home.write("elsewhere/credentials", home.read(".aws/credentials") ?? "");
    const environment = {
      ...standIn.environment,
      AWS_CONFIG_FILE: `${home.path}/elsewhere/config`,
      AWS_SHARED_CREDENTIALS_FILE: "~/elsewhere/credentials",
    };
    const before = home.read(".aws/credentials");
    expect((await runLetme(["obtain", "example1"], { home, environment })).exitCode).toBe(0);
    expect(home.read("elsewhere/config")).toContain("[profile example1]");
    expect(home.read("elsewhere/credentials")).toContain("[example1]");
    expect(home.read(".aws/credentials")).toBe(before);
    expect(home.read(".aws/config")).toBeUndefined();
  });

  test.each(["name", "id", "id+name"] as const)("a table keyed by %s", async (key) => {
    const keyed = `keyed-by-${key.replace("+", "-")}`;
    await standIn.createTable({ name: keyed, key });
    await standIn.putAccounts(keyed, accounts);
    for (const run of ["first", "second"]) {
      standIn.log.clear();
      expect((await letme("obtain", "example1", "--table", keyed, "-r")).exitCode).toBe(0);
      const asked = standIn.log.of("dynamodb").map((entry) => entry.operation);
      const scans = run === "first" ? ["Query", "Scan"] : ["Scan"];
      expect(asked).toEqual(key === "name" ? ["Query"] : scans);
    }
  });

  test.if(Bun.which("aws") !== null)("the aws command takes the profile", async () => {
    await letme("obtain", "example1");
    const aws = Bun.spawn(
      [
        "aws",
        "sts",
        "get-caller-identity",
        "--profile",
        "example1",
        "--endpoint-url",
        standIn.sts.url,
        "--output",
        "json",
      ],
      {
        env: {
          ...home.environment(),
          HOME: process.env["HOME"],
          PATH: process.env["PATH"] ?? "",
          AWS_CONFIG_FILE: home.awsConfig,
          AWS_SHARED_CREDENTIALS_FILE: home.awsCredentials,
        },
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [stdout, stderr] = await Promise.all([aws.stdout.text(), aws.stderr.text()]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).Arn).toContain(":assumed-role/role0/");
  });
});

describe("init and the snapshot", () => {
  test("from then on nothing is asked of the table, until --no-cache or --remove", async () => {
    const taken = await letme("init");
    expect(taken.exitCode).toBe(0);
    expect(taken.stderr).toContain(
      "Source: profile `default`\nRegion: eu-west-1\nTable: accounts\n",
    );
    expect(taken.stderr).toContain(
      `Snapshot of 12 accounts written to ${home.path}/.letme/.letme-cache`,
    );
    standIn.log.clear();
    expect((await letme("list")).stdout).toContain("example1");
    expect((await letme("obtain", "example2")).exitCode).toBe(0);
    expect(standIn.log.of("dynamodb")).toEqual([]);
    await letme("list", "--no-cache");
    expect(standIn.log.of("dynamodb").length).toBe(1);
    expect((await letme("init", "--remove")).exitCode).toBe(0);
    expect(home.read(".letme/.letme-cache")).toBeUndefined();
    await letme("list");
    expect(standIn.log.of("dynamodb").length).toBe(2);
    expect((await letme("init", "--remove")).exitCode).toBe(0);
  });

  test("the same accounts as from the table", async () => {
    const fromTable = await letme("list", "-o", "json");
    await letme("init");
    expect(await letme("list", "-o", "json")).toEqual(fromTable);
  });

  test("a failed one leaves the old one as it was", async () => {
    await letme("init");
    const before = home.read(".letme/.letme-cache");
    standIn.fail({
      service: "dynamodb",
      with: { code: "AccessDeniedException", message: "not authorized to perform: dynamodb:Scan" },
    });
    const { exitCode, stderr } = await letme("init");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("hint: the source credentials need dynamodb:Query and dynamodb:Scan");
    expect(home.read(".letme/.letme-cache")).toBe(before as string);
    await standIn.createTable({ name: "empty-table", key: "id" });
    expect((await letme("init", "--table", "empty-table")).exitCode).toBe(1);
    expect(home.read(".letme/.letme-cache")).toBe(before as string);
  });

  test("one of another table or region is not used, and that is said", async () => {
    await letme("init");
    standIn.log.clear();
    const other = await letme("list", "--source-region", "eu-central-1");
    expect(other.stderr).toContain("warning: the snapshot is of the region eu-west-1");
    expect(standIn.log.of("dynamodb").length).toBe(1);
  });

  test("what is malformed in the table is told from the snapshot too", async () => {
    await standIn.putAccounts(table, [
      { id: { N: "900" }, name: { S: "numbered" }, role: { N: "5" } },
    ]);
    const words = "`numbered`: its attribute `role` must be a list of role ARNs, not a number";
    expect((await letme("init")).stderr).toContain(words);
    standIn.log.clear();
    expect((await letme("list")).stderr).toContain(words);
    const { skipped } = JSON.parse((await letme("list", "-o", "json")).stdout);
    expect(skipped).toMatchObject([{ item: "numbered", attribute: "role" }]);
    const { exitCode, stderr } = await letme("obtain", "numbered");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("its attribute `role` must be a list of role ARNs");
    expect(standIn.log.of("dynamodb")).toEqual([]);
  });

  test("one older than a week says so", async () => {
    await letme("init");
    const text = home.read(".letme/.letme-cache") ?? "";
    const old = new Date(Date.now() - 10.5 * 24 * 3600 * 1000).toISOString();
    home.write(".letme/.letme-cache", text.replace(/^# taken: .*$/m, `# taken: ${old}`));
    const { stderr, stdout } = await letme("list");
    expect(stderr).toContain("warning: the snapshot is 10 days old");
    expect(stdout).toContain("example1");
  });

  test("the original's own snapshot works, and an empty one as it left behind is passed over", async () => {
    home.write(
      ".letme/.letme-cache",
      '[example1]\n  id = 1\n  name = "example1"\n  region = ["eu-west-1", "eu-central-1"]\n  role = ["arn:aws:iam::000000000001:role/role0"]\n',
    );
    expect((await letme("list")).stdout).toBe("NAME:     MAIN REGION:\nexample1  eu-west-1\n");
    expect((await letme("obtain", "example1")).exitCode).toBe(0);
    home.write(".letme/.letme-cache", "");
    const { stdout, stderr } = await letme("list");
    expect(stderr).toContain("is empty: asking the table");
    expect(stdout).toContain("stage-7");
  });

  test("a registry file stands for a table", async () => {
    home.write(".letme/team.toml", "title-less = 5\n");
    settleIn(home, { dynamodb_table: "", registry_file: "team.toml" });
    expect((await letme("list")).stderr).toContain("left out `title-less`");
    home.write(
      ".letme/team.toml",
      '[by-hand]\nregion = "eu-west-1"\nrole = "arn:aws:iam::000000000001:role/role0"\n',
    );
    expect((await letme("list")).stdout).toContain("by-hand  eu-west-1");
    expect((await letme("obtain", "by-hand")).exitCode).toBe(0);
    expect((await letme("init")).exitCode).toBe(3);
    home.write(".letme/team.toml", "[by-hand\n");
    const broken = await letme("obtain", "by-hand");
    expect(broken.exitCode).toBe(3);
    expect(broken.stderr).toContain("team.toml:1:");
  });
});

describe("remove", () => {
  test("takes the blocks out, and gives the files back as they were", async () => {
    home.write(".aws/config", "[profile mine]\nregion = eu-west-3");
    const before = { credentials: home.read(".aws/credentials"), config: home.read(".aws/config") };
    await letme("obtain", "example1");
    await letme("obtain", "example2");
    const { exitCode, stderr } = await letme("remove", "example2", "example1");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("letme: removed 'example2', 'example1'.");
    expect(home.read(".aws/credentials")).toBe(before.credentials as string);
    expect(home.read(".aws/config")).toBe(before.config as string);
  });

  test("all or nothing: one that is not letme's stops all", async () => {
    await letme("obtain", "example1");
    const before = home.read(".aws/credentials");
    const { exitCode, stderr } = await letme("remove", "example1", "default");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("not letme's");
    expect(home.read(".aws/credentials")).toBe(before as string);
    expect((await letme("remove", "nobody")).exitCode).toBe(1);
  });
});

describe("config-file", () => {
  test("writes once, overwrites only with --force, and is right", async () => {
    using bare = newHome();
    const run = (...args: string[]) => runLetme(["config-file", ...args], { home: bare });
    expect((await run("--verify")).exitCode).toBe(3);
    expect((await run()).exitCode).toBe(0);
    expect(statSync(`${bare.path}/.letme`).mode & 0o777).toBe(0o700);
    expect((await run("--verify")).exitCode).toBe(0);
    bare.write(".letme/letme-config", "[general]\n# mine\n");
    const refused = await run();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("hint: `letme config-file --force` overwrites it");
    expect(bare.read(".letme/letme-config")).toContain("# mine");
    expect((await run("-f")).exitCode).toBe(0);
    expect(bare.read(".letme/letme-config")).not.toContain("# mine");
  });

  test("--verify names file, line, column, key and the nearest known one", async () => {
    home.write(".letme/letme-config", '[general]\n  dynamodb_tabel = "x"\n');
    const { exitCode, stderr } = await letme("config-file", "--verify");
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `${home.letmeConfig}:2:3: unknown key \`dynamodb_tabel\`; did you mean \`dynamodb_table\`?`,
    );
    expect((await letme("list")).exitCode).toBe(3);
  });
});
