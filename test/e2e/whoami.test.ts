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

describe("whoami", () => {
  test("of the source credentials", async () => {
    const { exitCode, stdout, stderr } = await letme("whoami");
    expect(stderr).toBe("");
    expect(stdout).toBe(
      [
        "Account:   111111111111",
        `ARN:       ${user.arn}`,
        "Source:    keys in the AWS files",
        "Profiles:  default",
        "Time left: no end: these are long-term keys",
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(standIn.log.operations()).toEqual(["sts GetCallerIdentity"]);
  });

  test("of a profile that letme wrote, whose end it noted", async () => {
    await letme("obtain", "example1");
    const { stdout } = await letme("whoami", "example1", "-o", "json");
    const document = JSON.parse(stdout);
    expect(document.arn).toEndWith(":assumed-role/role0/example1-letme-session");
    expect(document.secondsLeft).toBeWithin(3500, 3601);
  });

  test("no table and no config file are needed", async () => {
    home.write(".letme/letme-config", "");
    expect((await letme("whoami")).exitCode).toBe(0);
  });

  test("an unknown profile", async () => {
    const { exitCode, stderr } = await letme("whoami", "defualt");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("did you mean `default`?");
  });

  test("a code that nothing asks for", async () => {
    const { exitCode, stderr } = await letme("whoami", "--mfa-token", "123456");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("an MFA code was given, and no MFA device");
    expect(standIn.log.entries).toEqual([]);
  });
});

describe("a source profile with MFA", () => {
  const guarded = "arn:aws:iam::000000000004:role/guarded";

  beforeEach(() => {
    home.write(
      ".aws/config",
      `[profile mfa]\nrole_arn = ${guarded}\nsource_profile = default\nmfa_serial = ${user.mfaSerial}\n`,
    );
    home.write(
      ".letme/letme-config",
      `[general]\naws_source_profile = "mfa"\naws_source_profile_region = "${region}"\ndynamodb_table = "${table}"\n`,
    );
  });

  test.if(process.platform !== "win32")("asks on the terminal, and names the device", async () => {
    const terminal = runLetmeInTerminal(["list"], { home, environment: standIn.environment });
    await terminal.waitFor(`Enter MFA one time pass code of ${user.mfaSerial}:`);
    terminal.type(`${standIn.currentCode(user.mfaSerial)}\r`);
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(0);
    expect(screen).toContain("example1");
    expect(standIn.log.operations()).toEqual(["sts AssumeRole", "dynamodb Scan"]);
  });

  test("takes the code of the command line", async () => {
    const code = standIn.currentCode(user.mfaSerial);
    const { exitCode, stdout } = await letme("whoami", "--mfa-token", code);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Roles:     ${guarded}\n`);
  });

  test("without anybody to ask, nothing is sent", async () => {
    const { exitCode, stderr } = await letme("list");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("an MFA code is needed, and there is no one to ask");
    expect(standIn.log.entries).toEqual([]);
  });

  test("a wrong code: which profile, which line, what to check", async () => {
    const { exitCode, stderr } = await letme("whoami", "--mfa-token", "000000");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/profile `mfa` \(.*config:2\): STS refused AssumeRole/);
    expect(stderr).toContain("hint: a code works once");
  });
});

test("an account's role of another partition is refused before STS is asked", async () => {
  const strange = { id: { N: "99" }, name: { S: "china" }, region: { S: "cn-north-1" } };
  const role = { S: "arn:aws-cn:iam::000000000099:role/role0" };
  await standIn.putAccounts(table, [{ ...strange, role }]);
  const { exitCode, stderr } = await letme("obtain", "china");
  expect(exitCode).toBe(3);
  expect(stderr).toContain("`arn:aws-cn:iam::000000000099:role/role0` is of the partition aws-cn");
  expect(standIn.log.of("sts", "AssumeRole")).toEqual([]);
});

test("a profile that letme wrote and that has ended is not asked with", async () => {
  await letme("obtain", "example1");
  const past = "#expires 2026-01-01T00:00:00Z chain";
  const file = home.read(".aws/credentials") ?? "";
  home.write(".aws/credentials", file.replace(/#expires \S+ chain/, past));
  standIn.log.clear();
  const { exitCode, stderr } = await letme("list", "--source-profile", "example1");
  expect(exitCode).toBe(4);
  expect(stderr).toContain("the credentials of profile `example1` expired at 2026-01-01");
  expect(stderr).toContain("`letme obtain example1`");
  expect(standIn.log.entries).toEqual([]);
});
