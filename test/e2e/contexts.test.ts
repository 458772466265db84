import { beforeEach, describe, expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { region, table, user } from "../support/organisation.ts";
import { type Home, runLetme, runLetmeInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
});

const letme = (...args: string[]) => runLetme(args, { home, environment: standIn.environment });
const configOf = () => home.read(".letme/letme-config");
const inTerminal = (...args: string[]) =>
  runLetmeInTerminal(args, { home, environment: standIn.environment, rows: 40, cols: 120 });

const down = "\x1b[B";

describe("without a terminal, by options", () => {
  test("a new context, a change, a switch, another name, gone", async () => {
    const before = configOf() ?? "";
    const made = await letme("config", "new-context", "eu", "--table", table, "--tags", "prod,eu");
    expect(made).toMatchObject({ exitCode: 0, stdout: "" });
    expect(configOf()).toBe(
      `${before}\n[eu]\ndynamodb_table = "accounts"\ntags = ["prod", "eu"]\n`,
    );
    expect((await letme("config", "get-contexts")).stdout).toBe("* general\n  eu\n");

    await letme("config", "update-context", "eu", "--tags=", "--source-region", region, "-d", "2h");
    expect(configOf()).toBe(
      `${before}\n[eu]\ndynamodb_table = "accounts"\naws_source_profile_region = "eu-west-1"\nsession_duration = "2h"\n`,
    );
    expect((await letme("config", "switch-context", "eu")).exitCode).toBe(0);
    expect(home.read(".letme/.letme-usersettings")).toBe("[context]\nactive_context = eu\n");
    await letme("init");
    expect(home.read(".letme/.letme-cache-eu")).toContain("[example1]");
    expect(home.read(".letme/.letme-cache")).toBeUndefined();

    expect((await letme("config", "rename-context", "eu", "europe")).exitCode).toBe(0);
    expect(JSON.parse((await letme("config", "get-contexts", "-o", "json")).stdout)).toEqual({
      items: [
        { name: "general", active: false },
        { name: "europe", active: true },
      ],
    });
    expect(home.read(".letme/.letme-cache-europe")).toContain("[example1]");
    expect((await letme("config", "delete-context", "europe")).exitCode).toBe(2);
    const gone = await letme("config", "delete-context", "europe", "--yes");
    expect(gone.stderr).toContain("`europe` was the active context");
    expect(configOf()?.trimEnd()).toBe(before.trimEnd());
    expect(home.read(".letme/.letme-cache-europe")).toBeUndefined();
    expect((await letme("list")).exitCode).toBe(0);
  });

  test("the first context of all becomes the active one", async () => {
    home.write(".letme/letme-config", "");
    await letme("config", "new-context", "first", "--table", table, "--source-region", region);
    await letme("config", "new-context", "second", "--table", "t");
    expect((await letme("config", "get-contexts")).stdout).toBe("* first\n  second\n");
    expect((await letme("obtain", "example1")).exitCode).toBe(0);
  });

  test.each<[string, readonly string[], number, RegExp]>([
    [
      "a name that is there",
      ["new-context", "general", "--table", "t"],
      1,
      /is a context `general` already/,
    ],
    ["a name that none may have", ["new-context", "../x", "--table", "t"], 2, /cannot be the name/],
    [
      "neither table nor file",
      ["new-context", "x", "--session-name", "me"],
      2,
      /neither a table nor/,
    ],
    [
      "table and file",
      ["new-context", "x", "--table", "t", "--registry-file", "f"],
      2,
      /do not go together/,
    ],
    [
      "a value that is none",
      ["new-context", "x", "--table", "t", "--mfa-session", "1"],
      2,
      /`--mfa-session` must be/,
    ],
    ["no value, and no one to ask", ["new-context", "x"], 2, /there is no one to ask/],
    ["none of that name", ["switch-context", "genral"], 3, /did you mean `general`\?/],
    ["an unknown subcommand", ["new-contxt", "x"], 2, /did you mean `letme config new-context`\?/],
    ["a word too many", ["show", "x"], 2, /the usage is `letme config show`/],
  ])("an error: %s", async (_, args, code, message) => {
    const before = configOf();
    const { exitCode, stdout, stderr } = await letme("config", ...args);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(configOf()).toBe(before);
  });

  test("a file with problems is not changed", async () => {
    home.write(".letme/letme-config", '[general]\ndynamo = "x"\n');
    const { exitCode, stderr } = await letme("config", "update-context", "general", "--table", "t");
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/letme-config:2:1: unknown key `dynamo`/);
    expect(configOf()).toBe('[general]\ndynamo = "x"\n');
  });

  test("show says what holds, and where it comes from", async () => {
    const { stdout } = await letme("config", "show", "-o", "json", "--table", "other");
    expect(JSON.parse(stdout)).toMatchObject({
      context: { name: "general", from: "default" },
      settings: {
        aws_source_profile: {
          value: "default",
          from: "file",
          origin: expect.stringMatching(/line 2$/),
        },
        dynamodb_table: { value: "other", from: "flag", origin: "--table" },
        mfa_arn: null,
        session_duration: { value: 3600, from: "default" },
      },
    });
  });
});

describe("in a terminal", () => {
  test("a new context is asked for, with what AWS has to choose from", async () => {
    home.write(
      ".aws/config",
      "[default]\nregion = eu-west-1\n[profile other]\nregion = eu-west-3\n",
    );
    const terminal = inTerminal("config", "new-context", "asked");
    await terminal.waitFor("Source profile");
    terminal.type("\r");
    await terminal.waitFor("Region of the table");
    await terminal.waitFor("eu-west-1, as the profile");
    terminal.type("\r");
    await terminal.waitFor("Table with the accounts");
    await terminal.waitFor("● accounts");
    terminal.type("\r");
    await terminal.waitFor("MFA device");
    await terminal.waitFor("user001");
    terminal.type("\r");
    await terminal.waitFor("Role session name");
    terminal.type("a b\r");
    await terminal.waitFor("it must be 2 to 64 letters");
    terminal.type("\x7f\x7fbc\r");
    await terminal.waitFor("Duration");
    terminal.type("\r");
    await terminal.waitFor("Only accounts with these tags");
    terminal.type("prod,eu\r");
    expect((await terminal.exited).exitCode).toBe(0);
    expect(configOf()).toEndWith(
      `[asked]\naws_source_profile = "default"\ndynamodb_table = "accounts"\nmfa_arn = "${user.mfaSerial}"\nsession_name = "abc"\ntags = ["prod", "eu"]\n`,
    );
    expect(standIn.log.of("iam").length).toBe(2);
  });

  test("a change starts from the present values", async () => {
    const before = configOf();
    const terminal = inTerminal("config", "update-context", "general");
    for (const question of ["Source profile", "Region of the table", "Table with the accounts"]) {
      await terminal.waitFor(question);
      await terminal.waitFor("Enter: confirm");
      terminal.type("\r");
    }
    await terminal.waitFor("MFA device");
    await terminal.waitFor("● none");
    terminal.type("\r");
    for (const question of ["Role session name", "Duration", "Only accounts"]) {
      await terminal.waitFor(question);
      terminal.type("\r");
    }
    expect((await terminal.exited).screen).toContain("Context `general` is so already");
    expect(configOf()).toBe(before);
  });

  test("what cannot be listed is typed", async () => {
    standIn.fail({
      service: "dynamodb",
      operation: "ListTables",
      with: { code: "AccessDeniedException", message: "no" },
      times: 9,
    });
    standIn.fail({
      service: "iam",
      operation: "ListMFADevices",
      with: { code: "AccessDenied", message: "no", status: 403 },
      times: 9,
    });
    const terminal = inTerminal("config", "new-context", "typed");
    for (const question of ["Source profile", "Region of the table"]) {
      await terminal.waitFor(question);
      await terminal.waitFor("Enter: confirm");
      terminal.type(question === "Region of the table" ? "eu-west-3\r" : "\r");
    }
    await terminal.waitFor("warning: the tables cannot be listed");
    await terminal.waitFor("another one: type it");
    terminal.type(`${down}`);
    await terminal.waitFor("● another one");
    terminal.type("\r");
    await terminal.waitFor(/another one: type it\s+◆\s+Table with the accounts\s+_/);
    terminal.type("mine\r");
    await terminal.waitFor("warning: the MFA devices cannot be listed");
    await terminal.waitFor("● none");
    terminal.type("\r");
    for (const question of ["Role session name", "Duration", "Only accounts"]) {
      await terminal.waitFor(question);
      terminal.type("\r");
    }
    expect((await terminal.exited).exitCode).toBe(0);
    expect(configOf()).toEndWith(
      '[typed]\naws_source_profile = "default"\naws_source_profile_region = "eu-west-3"\ndynamodb_table = "mine"\n',
    );
  });

  test.each([
    ["^C", "\x03"],
    ["Esc", "\x1b"],
    ["^D", "\x04"],
  ])("%s changes nothing", async (_, keys) => {
    const before = configOf();
    const terminal = inTerminal("config", "new-context", "never");
    await terminal.waitFor("Source profile");
    terminal.type("\r");
    await terminal.waitFor("Region of the table");
    terminal.type(keys);
    expect((await terminal.exited).exitCode).toBe(130);
    expect(configOf()).toBe(before);
  });

  test("deleting asks first", async () => {
    const before = configOf();
    const terminal = inTerminal("config", "delete-context", "general");
    await terminal.waitFor("Delete the context general?");
    terminal.type("\r");
    expect((await terminal.exited).exitCode).toBe(130);
    expect(configOf()).toBe(before);
  });
});

describe("the files of letme v0.2, as they are", () => {
  const ini = `; my contexts
[general]
aws_source_profile = default
aws_source_profile_region = ${region}
dynamodb_table = ${table} ; ours
session_duration = 1800

[guarded]
aws_source_profile = default
aws_source_profile_region = ${region}
dynamodb_table = ${table}
mfa_arn = ${user.mfaSerial}
tags = prod, eu
`;

  beforeEach(async () => {
    home.write(".letme/letme-config", ini);
    home.write(".letme/.letme-usersettings", "[context]\nactive_context = guarded\n");
    const old =
      "aws_access_key_id = ASIAOLD\naws_secret_access_key = old\naws_session_token = old\n";
    home.write(
      ".aws/credentials",
      `${home.read(".aws/credentials")}\n; letme managed\n[example1]\n${old}`,
    );
    home.write(
      ".aws/config",
      "[default]\nregion = eu-west-1\n\n; letme managed\n[profile example1]\nregion = eu-west-1\noutput = json\n",
    );
    const role = (number: number) => ({
      L: [{ S: `arn:aws:iam::00000000000${number}:role/role0` }],
    });
    await standIn.putAccounts(table, [
      {
        id: { N: "91" },
        name: { S: "tagged" },
        role: role(1),
        region: { S: region },
        tags: { L: [{ S: "prod" }, { S: "eu" }] },
      },
      {
        id: { N: "92" },
        name: { S: "half" },
        role: role(1),
        region: { S: region },
        tags: { SS: ["prod"] },
      },
      {
        id: { N: "93" },
        name: { S: "near" },
        role: role(1),
        region: { S: region },
        tags: { L: [{ S: "production" }, { S: "eu" }] },
      },
    ]);
  });

  test("contexts, list with the context's tags, obtain, remove", async () => {
    expect((await letme("config", "get-contexts")).stdout).toBe("  general\n* guarded\n");
    const listed = await letme("list");
    expect(listed.stdout).toBe("NAME:   MAIN REGION:\ntagged  eu-west-1\n");
    const [scan] = standIn.log.of("dynamodb", "Scan");
    expect(scan?.parameters).toMatchObject({
      FilterExpression: "contains(#attribute, :value0) AND contains(#attribute, :value1)",
    });
    // Given, the filter takes the place of the context's.
    expect((await letme("list", "--filter", "prod")).stdout).toBe(
      "NAME:   MAIN REGION:\nhalf    eu-west-1\ntagged  eu-west-1\n",
    );
    const all = await letme("list", "-c", "general");
    expect(all.stdout).toContain("example1");
    const code = standIn.currentCode(user.mfaSerial);
    const obtained = await letme("obtain", "--all", "--inline-mfa", code);
    expect(obtained.exitCode).toBe(0);
    expect(home.read(".aws/config")).toContain("[profile tagged]");
    expect(home.read(".aws/config")).not.toContain("[profile half]");

    await letme("config", "switch-context", "general");
    expect((await letme("obtain", "example1")).exitCode).toBe(0);
    expect(home.read(".aws/credentials")).not.toMatch(/ASIAOLD$/m);
    expect(home.read(".aws/config")).toContain("output = json");
    expect((await letme("remove", "example1")).exitCode).toBe(0);
    expect(home.read(".aws/credentials")).not.toContain("[example1]");
    expect(configOf()).toBe(ini);
  });

  test("the snapshot of a context filters alike, and another context does not take it", async () => {
    expect((await letme("init", "-c", "guarded")).exitCode).toBe(0);
    const from = standIn.log.entries.length;
    expect((await letme("list")).stdout).toBe("NAME:   MAIN REGION:\ntagged  eu-west-1\n");
    expect((await letme("list", "--filter", "production")).stdout).toContain("near");
    expect(standIn.log.entries.length).toBe(from);
    await letme("list", "-c", "general");
    expect(standIn.log.entries.length).toBeGreaterThan(from);
  });

  test("validate says what is off, migrate mends it and keeps a copy", async () => {
    const checked = await letme("config", "validate");
    expect(checked.exitCode).toBe(0);
    expect(checked.stderr).toMatch(/letme-config:3:1: a value without quotes/);
    expect(checked.stderr).toContain("`letme config migrate`");
    const before = JSON.parse((await letme("config", "show", "-o", "json")).stdout);
    expect((await letme("config", "migrate")).exitCode).toBe(0);
    expect(home.read(".letme/letme-config.v0.2")).toBe(ini);
    expect(configOf()).toStartWith('# my contexts\n[general]\naws_source_profile = "default"\n');
    expect(JSON.parse((await letme("config", "show", "-o", "json")).stdout)).toEqual(before);
    const again = await letme("config", "validate");
    expect(again.stderr).toMatch(/^\S+letme-config is right; its contexts: general, guarded$/m);
    expect(again.stderr).not.toContain("warning");
  });

  test("changes keep the form", async () => {
    await letme("config", "update-context", "guarded", "--mfa-arn=", "--tags", "eu");
    expect(configOf()).toBe(
      ini.replace(`mfa_arn = ${user.mfaSerial}\n`, "").replace("tags = prod, eu", "tags = eu"),
    );
  });
});

test("what a killed init or config left is cleared away, and nothing else", async () => {
  // No system gives a process this number.
  const leftover = (name: string) => `.letme/.${name}.letme-4294967295-0123456789.tmp`;
  const mine = [".letme/..letme-cache.letme-backup.tmp", ".letme/.letme-config.letme-1.tmp"];
  const snapshot = leftover(".letme-cache");
  const config = [leftover("letme-config"), leftover(".letme-usersettings")];
  for (const path of [...mine, snapshot, ...config]) home.write(path, "half");
  expect((await letme("init")).exitCode).toBe(0);
  expect([snapshot, ...config].map(home.read)).toEqual([undefined, "half", "half"]);
  expect((await letme("config", "update-context", "general", "--duration", "2h")).exitCode).toBe(0);
  expect(config.map(home.read)).toEqual([undefined, undefined]);
  expect(mine.map(home.read)).toEqual(["half", "half"]);
});

test("one context's credentials are not another's", async () => {
  home.write(
    ".letme/letme-config",
    `${configOf()}\n[other]\naws_source_profile = "default"\naws_source_profile_region = "${region}"\ndynamodb_table = "${table}"\n`,
  );
  await letme("obtain", "example1");
  const from = standIn.log.of("sts", "AssumeRole").length;
  expect((await letme("obtain", "example1")).stderr).toContain("still valid");
  const environment = { ...standIn.environment, LETME_CONTEXT: "other" };
  const change = "warning: profile `example1` changes its context, from `general` to `other`\n";
  const preview = await runLetme(["obtain", "example1", "--dry-run"], { home, environment });
  expect(preview.stderr).toContain(change);
  const other = await runLetme(["obtain", "example1"], { home, environment });
  expect(other.stderr).not.toContain("still valid");
  expect(other.stderr).toContain(change);
  expect(standIn.log.of("sts", "AssumeRole").length).toBe(from + 1);
  const again = await runLetme(["obtain", "example1", "--renew"], { home, environment });
  expect(again.stderr).not.toContain("changes its context");
});

test("a chain of another context that has the same fingerprint is not taken for this one's", async () => {
  const file = home.write("a.toml", '[prod]\nrole = "arn:aws:iam::000000000001:role/role0"\n');
  const context = `aws_source_profile = "default"\naws_source_profile_region = "${region}"\nregistry_file = ${JSON.stringify(file)}\n`;
  home.write(".letme/letme-config", `[general]\n${context}\n[b]\n${context}`);
  const fingerprint = /chain ([0-9a-f]{8})$/m;
  await letme("obtain", "prod", "-c", "b");
  const [, ofB = ""] = fingerprint.exec(home.read(".aws/credentials") ?? "") ?? [];
  await letme("obtain", "prod");
  // As if somebody had tried roles for b until the digits were those of general's chain.
  const changed = (home.read(".aws/credentials") ?? "").replace(fingerprint, `chain ${ofB}`);
  home.write(".aws/credentials", changed);
  expect((await letme("obtain", "prod", "-c", "b")).exitCode).toBe(0);
  expect(home.read(".aws/credentials")).not.toBe(changed);
  expect(home.read(".aws/config")).toContain(" context b\n");
});
