import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { placeForEachTest } from "../support/each-test.ts";
import { region, settleIn, user } from "../support/organisation.ts";
import { type Home, runLetme, runLetmeInTerminal, startLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

const isWindows = process.platform === "win32";
const guarded = "arn:aws:iam::000000000004:role/guarded";
const bastion = "arn:aws:iam::000000000222:role/bastion";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
  settleInWith({});
});

/** The user with the device, and a registry file, so that STS is all that can be asked. */
function settleInWith(settings: Readonly<Record<string, string>>): void {
  const registry = { dynamodb_table: "", registry_file: "accounts.toml" };
  settleIn(home, { mfa_arn: user.mfaSerial, ...registry, ...settings });
  const account = (name: string, ...roles: string[]) =>
    `[${name}]\nregion = "eu-west-1"\nrole = ${JSON.stringify(roles)}\n`;
  home.write(
    ".letme/accounts.toml",
    [
      account("guarded", guarded),
      account("example1", "arn:aws:iam::000000000001:role/role0"),
      account("example2", bastion, "arn:aws:iam::000000000002:role/role0"),
      account("dev-6", bastion, "arn:aws:iam::000000000006:role/admin"),
    ].join("\n"),
  );
}

const options = () => ({ home, environment: standIn.environment });
const letme = (...args: string[]) => runLetme(args, options());
const inTerminal = (...args: string[]) => runLetmeInTerminal(args, options());
const prompt = "Enter MFA one time pass code:";

/** A code that was not used: the device's clock goes a minute further. */
function freshCode(): string {
  standIn.clock.advance(60_000);
  return standIn.currentCode(user.mfaSerial);
}

function calls(): string[] {
  const operations = standIn.log.of("sts").map((entry) => entry.operation);
  return operations.filter((operation) => operation !== "GET /");
}

function assumedRoles(): string[] {
  const calls = standIn.log.of("sts", "AssumeRole");
  return calls.map(({ parameters }) => String(parameters["RoleArn"]).split("/").at(-1) ?? "");
}

function change(file: string, from: RegExp, to: string): void {
  const before = home.read(file) ?? "";
  const after = before.replaceAll(from, to);
  expect(after).not.toBe(before);
  home.write(file, after);
}

const past = "2026-01-01T00:00:00.000Z";

describe("what is remembered", () => {
  test("one code serves every account until the session ends", async () => {
    expect((await letme("obtain", "guarded", "--mfa-token", freshCode())).exitCode).toBe(0);
    expect(calls()).toEqual(["GetSessionToken", "AssumeRole"]);
    expect((await letme("obtain", "example2", "dev-6")).exitCode).toBe(0);
    expect(calls().slice(2)).toEqual(["AssumeRole", "AssumeRole", "AssumeRole"]);
    const seconds = standIn.log.of("sts", "GetSessionToken")[0]?.parameters["DurationSeconds"];
    expect(seconds).toBe("43200");
  });

  test("`letme session` shows it without secrets, and clear forgets it", async () => {
    expect((await letme("session")).stderr).toBe("letme remembers no credentials\n");
    await letme("obtain", "example2", "--mfa-token", freshCode());
    const { stdout, exitCode } = await letme("session");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^KIND: +OF: +SOURCE KEY: +REGION: +LEFT:$/m);
    expect(stdout).toMatch(
      new RegExp(`^MFA session  ${user.mfaSerial} +AKIA…0001 +eu-west-1 +1[12]h`, "m"),
    );
    expect(stdout).toMatch(
      new RegExp(`^role +${bastion} +AKIA…0001 +eu-west-1 +(1h(1m)?|\\d+m)$`, "m"),
    );
    const { items } = JSON.parse((await letme("session", "-o", "json")).stdout);
    expect(items.map((item: { kind: string; of: string }) => [item.kind, item.of])).toEqual([
      ["mfa-session", user.mfaSerial],
      ["hop", bastion],
    ]);
    const state = JSON.parse(home.read(".letme/state.json") ?? "");
    const printed = stdout + JSON.stringify(items);
    for (const one of Object.values<Record<string, string>>(state.credentials)) {
      for (const name of ["accessKeyId", "secretAccessKey", "sessionToken"]) {
        expect(printed).not.toContain(one[name] ?? "nothing");
      }
    }
    expect((await letme("session", "clear")).stderr).toContain("2 sets of credentials");
    expect(JSON.parse((await letme("session", "-o", "json")).stdout)).toEqual({ items: [] });
    const asked = await letme("obtain", "dev-6");
    expect(asked.exitCode).toBe(4);
    expect(asked.stderr).toContain("an MFA code is needed");
    expect((await letme("session", "clean")).exitCode).toBe(2);
  });

  test("when it ends, the code is asked again", async () => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    change(".letme/state.json", /"expiration":"[^"]*"/g, `"expiration":"${past}"`);
    expect((await letme("obtain", "dev-6")).exitCode).toBe(4);
    expect((await letme("obtain", "dev-6", "--mfa-token", freshCode())).exitCode).toBe(0);
    // What has run out is gone from the file.
    expect(home.read(".letme/state.json")).not.toContain(past);
  });

  test("when AWS no longer takes it, it is forgotten", async () => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    standIn.expireAll();
    standIn.log.clear();
    const { exitCode } = await letme("obtain", "example2", "-r", "--mfa-token", freshCode());
    expect(exitCode).toBe(0);
    expect(calls()).toEqual([
      ...["AssumeRole", "AssumeRole", "GetSessionToken", "AssumeRole", "AssumeRole"],
    ]);
  });

  const deny = (operation: string, times = 1) =>
    standIn.fail({
      ...{ service: "sts", operation, times },
      with: {
        code: "AccessDenied",
        status: 403,
        message:
          "User: u is not authorized to perform: sts:AssumeRole on resource: r with an explicit deny",
      },
    });
  const clearHint = /hint: .*`letme session clear` forgets it, then a code is asked for/;

  test("a role on the way that AWS denies is got anew, once and without a code", async () => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    standIn.log.clear();
    deny("AssumeRole");
    const { exitCode, stderr } = await letme("obtain", "example2", "-r");
    expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
    expect(assumedRoles()).toEqual(["role0", "bastion", "role0"]);
    expect((await letme("obtain", "example2", "-r")).exitCode).toBe(0);
    expect(calls().length).toBe(4);
  });

  test("a role that is denied for good is an error as ever", async () => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    standIn.addRole({ arn: "arn:aws:iam::000000000002:role/role0", trusts: [] });
    standIn.log.clear();
    const { exitCode, stderr } = await letme("obtain", "example2", "-r");
    expect(exitCode).toBe(4);
    expect(stderr.match(/^letme: .*/gm)).toEqual([
      expect.stringContaining("AccessDenied: User: arn:aws:sts::000000000222:assumed-role/bastion"),
    ]);
    expect(stderr).toContain("hint: the role's trust policy must allow the caller");
    // It is set.
    expect(stderr).not.toContain("set `mfa_arn`");
    expect(assumedRoles()).toEqual(["role0", "bastion", "role0"]);
  });

  test("an MFA session that AWS denies is kept, and the hint says how to forget it", async () => {
    await letme("obtain", "guarded", "--mfa-token", freshCode());
    standIn.log.clear();
    deny("AssumeRole");
    const { exitCode, stderr } = await letme("obtain", "guarded", "-r");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(clearHint);
    expect(stderr).not.toContain("set `mfa_arn`");
    expect(calls()).toEqual(["AssumeRole"]);
    await letme("session", "clear");
    expect((await letme("obtain", "guarded", "-r", "--mfa-token", freshCode())).exitCode).toBe(0);
    // One that a code gave just now is not to be forgotten.
    await letme("session", "clear");
    deny("AssumeRole");
    const fresh = await letme("obtain", "guarded", "-r", "--mfa-token", freshCode());
    expect(fresh.exitCode).toBe(4);
    expect(fresh.stderr).not.toMatch(clearHint);
  });

  test("a role on the way that only a code could get anew is not got anew", async () => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    change(".letme/state.json", /("kind":"mfa-session"[^}]*"expiration":)"[^"]*"/g, `$1"${past}"`);
    standIn.log.clear();
    deny("AssumeRole");
    const { exitCode, stderr } = await letme("obtain", "example2", "-r");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(clearHint);
    expect(assumedRoles()).toEqual(["role0"]);
  });

  test.each([
    ["another session name", { session_name: "another" }],
    ["another region", { aws_source_profile_region: "eu-central-1" }],
  ])("a hop of %s is not used", async (_, settings) => {
    await letme("obtain", "example2", "--mfa-token", freshCode());
    standIn.log.clear();
    settleInWith(settings);
    await letme("obtain", "dev-6", "--mfa-token", freshCode());
    expect(calls().filter((operation) => operation === "AssumeRole").length).toBe(2);
  });

  test("mfa_session sets how long; off asks each time and remembers nothing", async () => {
    settleInWith({ mfa_session: "2h" });
    await letme("obtain", "guarded", "--mfa-token", freshCode());
    const [session] = standIn.log.of("sts", "GetSessionToken");
    expect(session?.parameters["DurationSeconds"]).toBe("7200");
    settleInWith({ mfa_session: "off" });
    standIn.log.clear();
    await letme("obtain", "example2", "--mfa-token", freshCode());
    expect(calls()).toEqual(["AssumeRole", "AssumeRole"]);
    expect(standIn.log.of("sts", "AssumeRole")[0]?.parameters["SerialNumber"]).toBe(user.mfaSerial);
    expect((await letme("obtain", "dev-6")).exitCode).toBe(4);
    // Several first roles in one run take one code all the same.
    const many = await letme("obtain", "guarded", "example1", "-r", "--mfa-token", freshCode());
    expect(many.exitCode).toBe(0);
    const wrong = await runLetme(["obtain", "guarded"], {
      home,
      environment: { ...standIn.environment, LETME_MFA_SESSION: "10m" },
    });
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stderr).toContain("`LETME_MFA_SESSION` must be a time from 15m to 36h");
  });

  test("a single role for longer than an hour takes the code itself", async () => {
    const { exitCode } = await letme("obtain", "guarded", "-d", "4h", "--mfa-token", freshCode());
    expect(exitCode).toBe(0);
    expect(calls()).toEqual(["AssumeRole"]);
    const [call] = standIn.log.of("sts", "AssumeRole");
    expect(call?.parameters).toMatchObject({
      DurationSeconds: "14400",
      SerialNumber: user.mfaSerial,
    });
  });
});

describe("credentials that are still valid", () => {
  beforeEach(async () => {
    expect((await letme("obtain", "example2", "--mfa-token", freshCode())).exitCode).toBe(0);
    standIn.log.clear();
  });

  const expiring = (minutes: number) => {
    const moment = new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19);
    change(".aws/credentials", /#expires \S+/g, `#expires ${moment}Z`);
  };

  test("are kept without a call, and without a look at what is remembered", async () => {
    home.write(".letme/state.json", "damaged");
    const { exitCode, stderr } = await letme("obtain", "example2");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^The credentials of `example2` are still valid for (1h(1m)?|5\dm), until /,
    );
    expect(stderr).toMatch(/letme: use the argument '--profile example2' [^\n]*\n$/);
    expect(stderr).not.toContain("warning");
    expect(standIn.log.entries).toEqual([]);
  });

  test.each(["--renew", "--refresh", "-r"])("%s gets new ones", async (option) => {
    expect((await letme("obtain", "example2", option)).exitCode).toBe(0);
    expect(calls()).toEqual(["AssumeRole"]);
  });

  test("must have --min-remaining left", async () => {
    expiring(4);
    await letme("obtain", "example2", "--min-remaining", "2m");
    expect(calls()).toEqual([]);
    await letme("obtain", "example2");
    expect(calls()).toEqual(["AssumeRole"]);
    await letme("obtain", "example2", "--min-remaining", "2h");
    expect(calls().length).toBe(2);
  });

  test("of a chain that changed in the registry are not", async () => {
    change(".letme/accounts.toml", /000000000002/g, "000000000006");
    change(".letme/accounts.toml", /role\/role0"\]\n$/gm, 'role/admin"]\n');
    const { stderr } = await letme("obtain", "example2");
    expect(stderr).toContain("[2/2] arn:aws:iam::000000000006:role/admin");
    expect(calls()).toEqual(["AssumeRole"]);
  });

  test.each([
    ["another context", ["-c", "other"]],
    ["another session name", ["--session-name", "somebody"]],
    ["another duration", ["-d", "30m"]],
    ["another name of the profile", ["--profile", "elsewhere"]],
  ])("are not for %s", async (_, args) => {
    const config = home.read(".letme/letme-config") ?? "";
    home.write(".letme/letme-config", `${config}${config.replace("[general]", "[other]")}`);
    expect((await letme("obtain", "example2", ...args)).exitCode).toBe(0);
    expect(calls().length).toBeGreaterThan(0);
  });

  test("in a table, the chain that changed is seen with --no-cache", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial });
    await letme("obtain", "dev-6");
    standIn.log.clear();
    await letme("obtain", "dev-6");
    expect(standIn.log.entries).toEqual([]);
    await standIn.putAccounts("accounts", [
      {
        id: { N: "6" },
        name: { S: "dev-6" },
        region: { S: "eu-west-1" },
        role: { S: "arn:aws:iam::000000000001:role/role0" },
      },
    ]);
    const { stderr } = await letme("obtain", "dev-6", "--no-cache");
    expect(stderr).toContain("[1/1] arn:aws:iam::000000000001:role/role0");
  });
});

describe("codes", () => {
  test("one that was just used is not sent again", async () => {
    settleInWith({ mfa_session: "off" });
    const code = freshCode();
    expect((await letme("obtain", "guarded", "--mfa-token", code)).exitCode).toBe(0);
    standIn.log.clear();
    const again = await letme("obtain", "guarded", "-r", "--mfa-token", code);
    expect(again.exitCode).toBe(4);
    expect(again.stderr).toContain("letme: the MFA code of `--mfa-token` was used already");
    expect(again.stderr).toMatch(/hint: .* next one in \d+ s/);
    expect(calls()).toEqual([]);

    const terminal = inTerminal("obtain", "guarded", "-r");
    await terminal.waitFor(prompt);
    terminal.type(`${code}\r`);
    await terminal.waitFor(/That code was used already\. The next one comes in \d+ s/);
    terminal.type("\x03");
    const { exitCode, signal } = await terminal.exited;
    expect(exitCode === 130 || signal === "SIGINT").toBe(true);
    expect(calls()).toEqual([]);
  });

  test.skipIf(isWindows)(
    "one that was on its way when letme was ended is not sent again",
    async () => {
      const code = freshCode();
      const hold = standIn.hold({ service: "sts", operation: "GetSessionToken" });
      const first = startLetme(["obtain", "guarded", "--mfa-token", code], options());
      await hold.arrived;
      first.kill("SIGKILL");
      await first.result;
      hold.release();
      const again = await letme("obtain", "guarded", "--mfa-token", code);
      expect(again.exitCode).toBe(4);
      expect(again.stderr).toContain("was used already");
      expect(calls()).toEqual(["GetSessionToken"]);
    },
  );

  test("one that never left, for there was no connection, can be given again", async () => {
    const code = freshCode();
    const environment = { ...standIn.environment, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" };
    const args = ["obtain", "guarded", "--mfa-token", code];
    const failed = await runLetme(args, {
      home,
      environment: { ...environment, AWS_MAX_ATTEMPTS: "1" },
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("no connection");
    const { exitCode, stderr } = await letme(...args);
    expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
    expect((await letme(...args, "--renew", "-d", "2h")).stderr).toContain("was used already");
  });

  test("nor one that the source's own device took, which may be the same", async () => {
    const code = freshCode();
    // Without it the role would be remembered, and no code asked for.
    const off = { mfa_session: "off" };
    settleIn(home, { dynamodb_table: "", registry_file: "accounts.toml", ...off });
    home.write(
      ".aws/credentials",
      (home.read(".aws/credentials") ?? "").replace("[default]", "[keys]"),
    );
    home.write(
      ".aws/config",
      `[default]\nregion = ${region}\nsource_profile = keys\nrole_arn = ${guarded}\nmfa_serial = ${user.mfaSerial}\n`,
    );
    const whoami = await letme("whoami", "--mfa-token", code);
    expect(`${whoami.exitCode} ${whoami.stderr}`).toBe("0 ");
    expect(whoami.stdout).toContain("000000000004");
    const again = await letme("whoami", "--mfa-token", code);
    expect(again.stderr).toContain("the MFA code of `--mfa-token` was used already");
    expect(calls()).toEqual(["AssumeRole", "GetCallerIdentity"]);

    const terminal = inTerminal("whoami");
    await terminal.waitFor(`Enter MFA one time pass code of ${user.mfaSerial}:`);
    terminal.type(`${wrongCode(1)}\r`);
    await terminal.waitFor("AWS did not take that code (AccessDenied)");
    await terminal.waitFor("Enter MFA one time pass code of");
    terminal.type(`${freshCode()}\r`);
    expect((await terminal.exited).exitCode).toBe(0);
  });

  const wrongCode = (number: number) => {
    const right = standIn.currentCode(user.mfaSerial);
    return [`00000${number}`, `10000${number}`].find((code) => code !== right) ?? "";
  };

  // Also where little is to be said: without a word the question would just come again.
  test.each([[], ["-q"]])("a wrong one may be tried again %j", async (...options) => {
    standIn.clock.advance(60_000);
    const terminal = inTerminal("obtain", "example2", ...options);
    for (const number of [1, 2]) {
      await terminal.waitFor(prompt);
      terminal.type(`${wrongCode(number)}\r`);
      await terminal.waitFor("AWS did not take that code (AccessDenied)");
    }
    await terminal.waitFor(prompt);
    terminal.type(`${standIn.currentCode(user.mfaSerial)}\r`);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(calls().filter((operation) => operation === "AssumeRole").length).toBe(2);
  });

  test("one for two sessions longer than an hour: it says that each takes its own", async () => {
    const args = ["obtain", "guarded", "example1", "-d", "4h"];
    const { exitCode, stderr } = await letme(...args, "--mfa-token", freshCode());
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      "  `example1`: another MFA code is needed, and there is no one to ask: that of `--mfa-token` has served\n",
    );
    expect(stderr).toContain(
      "hint: a code serves once, and each session longer than an hour takes one of its own: run the command again with the next one",
    );
    const again = await letme(...args, "--mfa-token", freshCode());
    expect(`${again.exitCode} ${again.exitCode === 0 ? "" : again.stderr}`).toBe("0 ");
    expect(calls()).toEqual(["AssumeRole", "AssumeRole"]);
  });

  test("three wrong ones are an error", async () => {
    const terminal = inTerminal("obtain", "example2");
    for (const number of [1, 2, 3]) {
      await terminal.waitFor(prompt);
      terminal.type(`${wrongCode(number)}\r`);
      if (number < 3) await terminal.waitFor("AWS did not take that code (AccessDenied)");
    }
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(4);
    expect(screen).toContain("invalid MFA one time pass code");
    expect(calls()).toEqual(["GetSessionToken", "GetSessionToken", "GetSessionToken"]);
  });
});

describe("several at once", () => {
  test.if(process.platform !== "win32")(
    "ten for one account: one code, one call a hop, and all have it",
    async () => {
      const code = freshCode();
      const asked = join(home.path, "asked");
      settleInWith({ mfa_process: `/bin/sh -c 'echo x >> ${asked}; echo ${code}'` });
      const runs = Array.from({ length: 10 }, () => letme("obtain", "example2"));
      for (const { exitCode, stderr } of await Promise.all(runs)) {
        expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
      }
      expect(home.read("asked")).toBe("x\n");
      expect(calls()).toEqual(["GetSessionToken", "AssumeRole", "AssumeRole"]);
    },
  );

  test("two accounts behind one role: it is assumed once", async () => {
    await letme("obtain", "guarded", "--mfa-token", freshCode());
    standIn.log.clear();
    const runs = ["example2", "dev-6"].map((name) => letme("obtain", name));
    for (const { exitCode } of await Promise.all(runs)) expect(exitCode).toBe(0);
    const roles = standIn.log.of("sts", "AssumeRole").map((entry) => entry.parameters["RoleArn"]);
    expect(roles.filter((role) => role === bastion).length).toBe(1);
    expect(roles.length).toBe(3);
  });

  test("one that is killed at its prompt leaves the way free", async () => {
    const first = inTerminal("obtain", "example2");
    await first.waitFor(prompt);
    const second = startLetme(["obtain", "example2", "--mfa-token", freshCode()], options());
    first.kill("SIGKILL");
    await first.exited;
    expect((await second.result).exitCode).toBe(0);
  });
});

describe("a state that is not one", () => {
  const put: [string, () => void, string][] = [
    ["damaged", () => void home.write(".letme/state.json", '{"version":1,"cred'), "damaged"],
    ["of a newer letme", () => void home.write(".letme/state.json", '{"version":9}'), "newer"],
    ["unreadable", () => mkdirSync(`${home.path}/.letme/state.json`), "unreadable"],
  ];
  if (process.platform !== "win32") {
    const pipe = () => void Bun.spawnSync(["mkfifo", `${home.path}/.letme/state.json`]);
    put.push(["a pipe that nobody writes to", pipe, "unreadable"]);
  }
  test.each(put)("%s: set aside with a warning, and the job is done", async (_, break_, word) => {
    break_();
    const { exitCode, stderr } = await letme("obtain", "example2", "--mfa-token", freshCode());
    expect(stderr).toMatch(
      new RegExp(`^warning: what letme remembered is .*${word}.*set aside`, "m"),
    );
    expect(exitCode).toBe(0);
    expect(existsSync(`${home.path}/.letme/state.json.set-aside`)).toBe(true);
    expect((await letme("session")).stdout).toContain("MFA session");
    if (process.platform !== "win32") {
      expect(statSync(`${home.path}/.letme/state.json`).mode & 0o777).toBe(0o600);
      expect(statSync(`${home.path}/.letme`).mode & 0o777).toBe(0o700);
    }
  });
});

test.each([
  ["one account", ["example2"]],
  ["two accounts", ["example2", "guarded"]],
])("^C where a code is asked for ends it, with 130: %s", async (_, names) => {
  const terminal = inTerminal("obtain", ...names);
  await terminal.waitFor(prompt);
  terminal.type("\x03");
  const { exitCode, screen } = await terminal.exited;
  expect(exitCode).toBe(130);
  expect(screen).not.toContain("accounts failed");
  expect(calls()).toEqual([]);
  expect(home.read(".aws/config")).toBeUndefined();
});

test("what a table said of an account counts for an hour, whatever its credentials last", async () => {
  settleIn(home);
  const hour = 3_600_000;
  const before = Date.now();
  expect((await letme("obtain", "example1", "-d", "4h")).exitCode).toBe(0);
  const { lookups } = JSON.parse(home.read(".letme/state.json") ?? "");
  const [lookup] = Object.values<{ until: string }>(lookups);
  const until = new Date(lookup?.until ?? "").getTime();
  expect(until).toBeGreaterThanOrEqual(before + hour);
  expect(until).toBeLessThanOrEqual(Date.now() + hour);

  standIn.log.clear();
  expect((await letme("obtain", "example1", "-d", "4h")).exitCode).toBe(0);
  expect(standIn.log.entries).toEqual([]);
  change(".letme/state.json", /"until":"[^"]*"/g, `"until":"${past}"`);
  const again = await letme("obtain", "example1", "-d", "4h");
  expect(again.stderr).toContain("The credentials of `example1` are still valid");
  expect(standIn.log.of("dynamodb").length).toBeGreaterThan(0);
  expect(calls()).toEqual([]);
});
