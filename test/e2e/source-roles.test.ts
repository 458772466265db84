import { beforeEach, describe, expect, test } from "bun:test";
import { callSts } from "../stand-in/client.ts";
import { placeForEachTest } from "../support/each-test.ts";
import { settleIn, user } from "../support/organisation.ts";
import { type Home, runLetme, runLetmeInTerminal, startLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

// The source is a profile with a role, which is assumed before anything else.

const guarded = "arn:aws:iam::000000000004:role/guarded";
const bastion = "arn:aws:iam::000000000222:role/bastion";
const inner = "arn:aws:iam::000000000077:role/inner";
const outer = "arn:aws:iam::000000000078:role/outer";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
  standIn.addRole({ arn: inner, trusts: [guarded, bastion] });
  standIn.addRole({ arn: outer, trusts: [inner] });
  settleInWith({});
  home.write(
    ".letme/accounts.toml",
    `[one]\nrole = "${inner}"\n[two]\nrole = ["${inner}", "${outer}"]\n`,
  );
});

function settleInWith(settings: Readonly<Record<string, string>>): void {
  const registry = { dynamodb_table: "", registry_file: "accounts.toml" };
  settleIn(home, { aws_source_profile: "admin", ...registry, ...settings });
}

const profile = (name: string, role: string, source: string, more = "") =>
  `[profile ${name}]\nrole_arn = ${role}\nsource_profile = ${source}\n${more}`;
const withMfa = `mfa_serial = ${user.mfaSerial}\n`;

const options = () => ({ home, environment: standIn.environment });
const letme = (...args: string[]) => runLetme(args, options());
const prompt = `Enter MFA one time pass code of ${user.mfaSerial}:`;

async function succeed(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await letme(...args);
  expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
}

/** A code that was not used: the device's clock goes a minute further. */
function freshCode(): string {
  standIn.clock.advance(60_000);
  return standIn.currentCode(user.mfaSerial);
}

/** The roles that were assumed since the last time, by their names. */
function assumed(): string[] {
  const roles = standIn.log.of("sts", "AssumeRole").map(({ parameters }) => {
    const role = String(parameters["RoleArn"]);
    return role.slice(role.indexOf("/") + 1);
  });
  standIn.log.clear();
  return roles;
}

describe("a role with MFA", () => {
  beforeEach(() => {
    home.write(".aws/config", profile("admin", guarded, "default", withMfa));
  });

  test("one code serves until the role's credentials end", async () => {
    await succeed("obtain", "one", "--mfa-token", freshCode());
    expect(assumed()).toEqual(["guarded", "inner"]);
    await succeed("obtain", "one", "--renew");
    expect(assumed()).toEqual(["inner"]);
    await succeed("obtain", "two");
    // The role on the way is remembered too, for its source is the same.
    await succeed("obtain", "two", "--renew");
    expect(assumed()).toEqual(["inner", "outer", "outer"]);
    expect(JSON.parse((await letme("whoami", "-o", "json")).stdout)).toMatchObject({
      profiles: ["admin", "default"],
      roles: [guarded],
    });
    // A code that is given and not needed is no fault.
    await succeed("obtain", "one", "--renew", "--mfa-token", freshCode());
    expect(assumed()).toEqual(["inner"]);
  });

  test("`letme session` shows it, and clear forgets it", async () => {
    await succeed("whoami", "--mfa-token", freshCode());
    const { stdout } = await letme("session");
    expect(stdout).toMatch(
      new RegExp(`^role +${guarded} +AKIA…0001 +eu-west-1 +(1h(1m)?|\\d+m)$`, "m"),
    );
    await succeed("session", "clear");
    const { exitCode, stderr } = await letme("whoami");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("an MFA code is needed");
  });

  test("ten at once: one code, one call a role, and all have it", async () => {
    const environment = { ...standIn.environment, LETME_MFA_TOKEN: freshCode() };
    const args = ["export", "one", "--format", "process"];
    const runs = Array.from({ length: 10 }, () => runLetme(args, { home, environment }));
    for (const { exitCode, stderr } of await Promise.all(runs)) {
      expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
    }
    expect(assumed()).toEqual(["guarded", "inner"]);
  });

  test("where AWS denies what is asked with it, the hint says how to forget it", async () => {
    await succeed("whoami", "--mfa-token", freshCode());
    assumed();
    standIn.addRole({ arn: inner, trusts: [] });
    const { exitCode, stderr } = await letme("obtain", "one");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/hint: .*`letme session clear` forgets it, then a code is asked for/);
    expect(assumed()).toEqual(["inner"]);
  });

  test("where AWS denies the role itself, it is not said to set what is set", async () => {
    standIn.addRole({ arn: guarded, trusts: [] });
    const { exitCode, stderr } = await letme("whoami", "--mfa-token", freshCode());
    expect(exitCode).toBe(4);
    expect(stderr).toContain("hint: the role's trust policy must allow the caller");
    expect(stderr).not.toContain("set `mfa_");
  });

  test("one that is killed at its prompt leaves the way free", async () => {
    const first = runLetmeInTerminal(["whoami"], { ...options(), cols: 200 });
    await first.waitFor(prompt);
    const second = startLetme(["obtain", "one", "--mfa-token", freshCode()], options());
    first.kill("SIGKILL");
    await first.exited;
    expect((await second.result).exitCode).toBe(0);
  });

  test("with mfa_session off it is asked each time, and nothing is remembered", async () => {
    settleInWith({ mfa_session: "off" });
    await succeed("whoami", "--mfa-token", freshCode());
    expect((await letme("whoami")).exitCode).toBe(4);
    await succeed("export", "one", "--mfa-token", freshCode());
    expect(JSON.parse((await letme("session", "-o", "json")).stdout)).toEqual({ items: [] });
    expect((await letme("export", "one")).exitCode).toBe(4);
  });

  test.each<[string, () => void]>([
    ["of another access key", () => otherUser()],
    ["with another session name", () => addToProfile("role_session_name = somebody")],
    ["with another duration", () => addToProfile("duration_seconds = 900")],
    ["with another external ID", () => addToProfile("external_id = x")],
    ["in another region", () => addToProfile("region = eu-central-1")],
  ])("it is another one %s", async (_, change) => {
    await succeed("whoami", "--mfa-token", freshCode());
    change();
    expect((await letme("whoami")).stderr).toContain("an MFA code is needed");
  });

  const addToProfile = (line: string) =>
    home.write(".aws/config", profile("admin", guarded, "default", `${withMfa}${line}\n`));

  function otherUser(): void {
    const credentials = home.read(".aws/credentials") ?? "";
    home.write(".aws/credentials", credentials.replace(user.accessKeyId, "AKIAORGANISATION0002"));
  }

  test("nor is it given to another endpoint", async () => {
    await succeed("whoami", "--mfa-token", freshCode());
    const environment = { ...standIn.environment, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" };
    const { stderr } = await runLetme(["whoami"], { home, environment });
    expect(stderr).toContain("an MFA code is needed");
  });

  test("when AWS no longer takes it, it is forgotten and the code asked for", async () => {
    await succeed("obtain", "one", "--mfa-token", freshCode());
    standIn.expireAll();
    assumed();
    await succeed("obtain", "one", "--renew", "--mfa-token", freshCode());
    expect(assumed()).toEqual(["inner", "guarded", "inner"]);
    standIn.expireAll();
    await succeed("whoami", "--mfa-token", freshCode());
    expect(assumed()).toEqual(["guarded"]);
  });
});

describe("roles one after the other", () => {
  beforeEach(() => {
    const steps = profile("step", bastion, "default") + profile("admin", inner, "step");
    home.write(".aws/config", steps);
    home.write(".letme/accounts.toml", `[one]\nrole = "${outer}"\n`);
  });

  test("ten at once: one call each", async () => {
    const runs = Array.from({ length: 10 }, () => letme("export", "one", "--format", "process"));
    for (const { exitCode, stderr } of await Promise.all(runs)) {
      expect(`${exitCode} ${exitCode === 0 ? "" : stderr}`).toBe("0 ");
    }
    expect(assumed()).toEqual(["bastion", "inner", "outer"]);
  });

  test("each is remembered, and serves another profile that has it", async () => {
    await succeed("whoami", "step");
    await succeed("whoami");
    expect(assumed()).toEqual(["bastion", "inner"]);
    await succeed("whoami", "step");
    await succeed("obtain", "one");
    expect(assumed()).toEqual(["outer"]);
  });

  test("where AWS denies what is asked with the last, it is got anew once", async () => {
    await succeed("whoami");
    standIn.addRole({ arn: outer, trusts: [] });
    assumed();
    const { exitCode, stderr } = await letme("obtain", "one");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("hint: the role's trust policy must allow the caller");
    expect(stderr).toContain("set `mfa_arn`");
    expect(stderr).not.toContain("session clear");
    expect(assumed()).toEqual(["outer", "bastion", "inner", "outer"]);
  });

  test("where AWS no longer takes any of them, all are got anew", async () => {
    await succeed("whoami");
    standIn.expireAll();
    assumed();
    await succeed("whoami");
    expect(assumed()).toEqual(["bastion", "inner"]);
    settleInWith({ dynamodb_table: "accounts", registry_file: "" });
    standIn.expireAll();
    await succeed("list");
    expect(assumed()).toEqual(["bastion", "inner"]);
  });

  test("nor the one that the last is to be assumed with", async () => {
    await succeed("whoami", "step");
    standIn.expireAll();
    assumed();
    await succeed("whoami");
    expect(assumed()).toEqual(["inner", "bastion", "inner"]);
  });
});

test.skipIf(process.platform === "win32")(
  "a role behind a program that gives the same keys again is assumed once",
  async () => {
    const reply = await callSts(standIn, user, { Action: "GetSessionToken" });
    const part = (name: string) =>
      new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(reply.text)?.[1];
    const keys = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
    const document = Object.fromEntries(keys.map((name) => [name, part(name)?.trim()]));
    const file = home.write("keys.json", JSON.stringify({ Version: 1, ...document }));
    home.write(
      ".aws/config",
      `${profile("admin", bastion, "program")}[profile program]\ncredential_process = /bin/cat ${file}\n`,
    );
    await succeed("obtain", "one");
    expect(assumed()).toEqual(["bastion", "inner"]);
    await succeed("obtain", "one", "--renew");
    expect(assumed()).toEqual(["inner"]);
  },
);

test("a clock that is ahead by more than the role's credentials last", async () => {
  home.write(".aws/config", profile("admin", bastion, "default"));
  standIn.clock.advance(-2 * 3600_000);
  await succeed("obtain", "one");
  const { stdout, exitCode } = await letme("whoami", "-o", "json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).secondsLeft).toBeWithin(3000, 3601);
});
