import { describe, expect, test } from "bun:test";
import { hasBotocore } from "../profiles/oracles.ts";
import { placeForEachTest } from "../support/each-test.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { region, settleIn, startOrganisation, user } from "../support/organisation.ts";
import { type Home, runLetme, startProgram, startProgramInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ key: "name" }, (place) => {
  ({ standIn, home } = place);
});

const environment = () => ({ ...standIn.environment, PATH: process.env["PATH"] ?? "" });
const letme = (...args: string[]) => runLetme(args, { home, environment: environment() });
const assumed = () => standIn.log.of("sts", "AssumeRole").length;
const isWindows = process.platform === "win32";

/** Runs a program that is not letme in the home, and gives what it printed. */
async function run(command: readonly string[], more: Record<string, string> = {}) {
  return startProgram(command, {
    home,
    environment: { ...process.env, ...home.environment(environment()), ...more },
  }).result;
}

describe("export", () => {
  test("a shell takes it, and nothing else is on stdout", async () => {
    const script = `eval "$('${letmeBinary()}' export example2 --format env)" && echo "$AWS_REGION $AWS_ACCESS_KEY_ID"`;
    const { stdout, stderr, exitCode } = await run(["/bin/sh", "-c", script]);
    expect(stdout).toMatch(/^us-east-1 ASIA[A-Z0-9]{16}\n$/);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(home.read(".aws/config")).toBeUndefined();
  });

  test("valid credentials are used again: letme's own, or the profile's", async () => {
    const first = JSON.parse((await letme("export", "example1", "--format", "process")).stdout);
    expect(first).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const before = standIn.log.entries.length;
    const again = await letme("obtain", "example1", "--v1");
    expect(JSON.parse(again.stdout)).toEqual(first);
    expect(standIn.log.entries.length).toBe(before);

    await letme("obtain", "example2");
    const written = assumed();
    const text = (await letme("export", "example2", "--format", "process")).stdout;
    expect(home.read(".aws/credentials")).toContain(JSON.parse(text).SecretAccessKey);
    expect(assumed()).toBe(written);

    await letme("export", "example1", "--renew");
    await letme("export", "example1", "--min-remaining", "2h");
    expect(assumed()).toBe(written + 2);
    // What stands for something else is not taken.
    await letme("export", "example1", "--session-name", "other-name");
    expect(assumed()).toBe(written + 3);
  });

  test("those of several durations do not stand in each other's way", async () => {
    const keyOf = async (...options: string[]) => {
      const { stdout } = await letme("export", "example1", "--format", "process", ...options);
      return JSON.parse(stdout).AccessKeyId;
    };
    await letme("obtain", "example1", "-d", "4h");
    const long = await keyOf("-d", "4h");
    const [short, middle] = [await keyOf(), await keyOf("-d", "2h")];
    expect(assumed()).toBe(3);
    expect(home.read(".aws/credentials")).toContain(long);
    expect([await keyOf("-d", "4h"), await keyOf(), await keyOf("-d", "2h")]).toEqual([
      ...[long, short, middle],
    ]);
    expect(assumed()).toBe(3);
    expect((await letme("session")).stdout.match(/^account +example1 /gm)).toHaveLength(2);
  });

  describe("those that are remembered are given to nobody else", () => {
    const args = ["export", "example1", "--format", "process"] as const;
    const keyOf = async (...more: string[]) => {
      const { stdout, stderr } = await letme(...args, ...more);
      expect(stderr).toBe("");
      return JSON.parse(stdout).AccessKeyId;
    };
    const otherUser = {
      accessKeyId: "AKIAORGANISATION0002",
      secretAccessKey: "other+Secret/Key0123456789abcdefghijklmn",
    };
    const useOtherKeys = () => {
      standIn.addPrincipal({ ...user, ...otherUser });
      const before = home.read(".aws/credentials") ?? "";
      home.write(
        ".aws/credentials",
        before
          .replace(user.accessKeyId, otherUser.accessKeyId)
          .replace(user.secretAccessKey, otherUser.secretAccessKey),
      );
    };

    test("not to other keys of the same profile", async () => {
      const first = await keyOf();
      useOtherKeys();
      expect(await keyOf()).not.toBe(first);
      expect(assumed()).toBe(2);
    });

    test("nor to other keys behind the profile's role", async () => {
      const source = "arn:aws:iam::000000000222:role/bastion";
      home.write(".aws/config", `[profile r]\nrole_arn = ${source}\nsource_profile = default\n`);
      settleIn(home, { aws_source_profile: "r" });
      standIn.addRole({ arn: "arn:aws:iam::000000000001:role/role0", trusts: [source] });
      const first = await keyOf();
      expect(await keyOf()).toBe(first);
      useOtherKeys();
      expect(await keyOf()).not.toBe(first);
    });

    test("nor to other keys of the environment", async () => {
      settleIn(home, { aws_source_profile: "" });
      const keyWith = async (id: string, secret: string) => {
        const keys = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
        const temporary = { ...keys, AWS_SESSION_TOKEN: "session-of-the-user" };
        const { stdout, stderr } = await runLetme(args, {
          home,
          environment: { ...environment(), ...temporary },
        });
        expect(stderr).toBe("");
        return JSON.parse(stdout).AccessKeyId;
      };
      const session = { sessionToken: "session-of-the-user" };
      for (const one of [user, otherUser]) standIn.addPrincipal({ ...user, ...one, ...session });
      const first = await keyWith(user.accessKeyId, user.secretAccessKey);
      const other = await keyWith(otherUser.accessKeyId, otherUser.secretAccessKey);
      expect(other).not.toBe(first);
      expect(await keyWith(user.accessKeyId, user.secretAccessKey)).toBe(first);
    });

    test("nor in another region", async () => {
      const first = await keyOf();
      expect(await keyOf("--source-region", "eu-central-1", "--no-cache")).not.toBe(first);
    });

    test("nor to another endpoint, which no profile is kept for either", async () => {
      const other = await startOrganisation({ key: "name" });
      try {
        const elsewhere = (...args: string[]) =>
          runLetme(args, { home, environment: other.environment });
        await letme("obtain", "example2");
        const [one, two] = [await letme(...args), await elsewhere(...args)];
        expect(JSON.parse(two.stdout).AccessKeyId).not.toBe(JSON.parse(one.stdout).AccessKeyId);
        await elsewhere("export", "example2");
        await elsewhere("obtain", "example2");
        expect(other.log.of("sts", "AssumeRole").length).toBe(4);
        // The one of before is the one of before again.
        expect((await letme(...args)).stdout).toBe(one.stdout);
      } finally {
        await other.stop();
      }
    });
  });

  test("the state with them is the user's alone, and forgets them", async () => {
    await letme("export", "example1");
    const { stdout } = await letme("session");
    expect(stdout).toMatch(/^account +example1 /m);
    expect(stdout).not.toMatch(/ASIA[A-Z0-9]{16}/);
    await letme("session", "clear");
    const before = assumed();
    await letme("export", "example1");
    expect(assumed()).toBe(before + 1);
  });

  test("with mfa_session off nothing that a code gave is remembered", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial, mfa_session: "off" });
    for (const _ of [1, 2]) {
      standIn.clock.advance(30_000);
      const code = standIn.currentCode(user.mfaSerial);
      expect((await letme("export", "guarded", "--mfa-token", code)).exitCode).toBe(0);
    }
    expect(assumed()).toBe(2);
  });

  test.each<[readonly string[], number, RegExp]>([
    [["export"], 2, /needs <name>/],
    [["export", "a", "b"], 2, /one word too many/],
    [["export", "example1", "--format", "json"], 2, /must be one of `process`/],
    [["export", "example9"], 1, /has no account `example9`/],
    [["export", "closed"], 4, /AccessDenied/],
    [["obtain", "example1", "example2", "--v1"], 2, /of one account/],
  ])("%j: exit %d, and nothing on stdout", async (args, code, message) => {
    const { stdout, stderr, exitCode } = await letme(...args);
    expect(stderr).toMatch(message);
    expect([stdout, exitCode]).toEqual(["", code]);
  });

  test.skipIf(isWindows)("a prompt goes to the terminal, the JSON alone to stdout", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial });
    const script = `'${letmeBinary()}' export guarded --format process > out 2> err < /dev/null`;
    const terminal = startProgramInTerminal(["/bin/sh", "-c", script], {
      home,
      environment: environment(),
    });
    await terminal.waitFor("Enter MFA one time pass code:");
    terminal.type(`${standIn.currentCode(user.mfaSerial)}\r`);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(JSON.parse(home.read("out") ?? "").Version).toBe(1);
    expect(home.read("err")).toBe("");
  });

  test("no one to ask: it says what to run", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial });
    const { stdout, stderr, exitCode } = await letme("export", "guarded", "--format", "process");
    expect([stdout, exitCode]).toEqual(["", 4]);
    expect(stderr).toContain("there is no one to ask");
  });
});

describe("a profile that asks letme each time", () => {
  const sdk = `
    const { fromIni } = await import(${JSON.stringify(import.meta.resolve("@aws-sdk/credential-providers"))});
    const { accessKeyId, expiration } = await fromIni({ profile: process.argv[1] })();
    console.log(accessKeyId, expiration.toISOString());`;

  test("takes the place of the credentials, and stays what it is", async () => {
    await letme("obtain", "example1");
    const before = home.read(".aws/credentials") ?? "";
    const preview = await letme("obtain", "example1", "--credential-process", "--dry-run");
    expect(preview.stdout).toContain("\n+credential_process = ");
    expect(home.read(".aws/credentials")).toBe(before);

    const { exitCode } = await letme("obtain", "example1", "--credential-process");
    expect(exitCode).toBe(0);
    expect(home.read(".aws/credentials")).not.toContain("example1");
    expect(home.read(".aws/config")).toBe(
      `#s-example1\n#managed by letme\n#account 000000000001 context general\n[profile example1]\nregion = eu-west-1\ncredential_process = ${letmeBinary()} export example1 --format process --context general\noutput = json\n#e-example1\n`,
    );
    expect((await letme("status")).stdout).toMatch(/^example1 .* on demand$/m);
    // Back to credentials in the file.
    await letme("obtain", "example1");
    expect(home.read(".aws/config")).not.toContain("credential_process");
    expect(home.read(".aws/credentials")).toContain("[example1]");
  });

  test("says again what it was told: context and options", async () => {
    await letme("obtain", "example1", "--credential-process");
    // The only context too: another may be added later, and be the active one.
    expect(home.read(".aws/config")).toContain(
      " export example1 --format process --context general\n",
    );
    home.write(
      ".letme/letme-config",
      `${home.read(".letme/letme-config")}\n[work]\naws_source_profile_region = "${region}"\ndynamodb_table = "accounts"\n`,
    );
    await letme("obtain", "example1", "--credential-process", "-c", "work", "--session-name", "me");
    expect(home.read(".aws/config")).toContain(
      " export example1 --format process --context work --session-name me\n",
    );
    // A path is that of this moment, wherever the SDK will run letme.
    home.write("accounts.toml", '[example1]\nrole = ["arn:aws:iam::000000000001:role/role0"]\n');
    await letme("obtain", "example1", "--credential-process", "--registry-file", "accounts.toml");
    expect(home.read(".aws/config")).toContain(
      ` export example1 --format process --context general --registry-file ${home.path}/accounts.toml\n`,
    );
    await letme("config", "switch-context", "work");
    await letme("obtain", "example1", "--credential-process");
    expect(home.read(".aws/config")).toContain(
      " export example1 --format process --context work\n",
    );
  });

  test("has what looks like an option in one word", async () => {
    await letme("obtain", "example1", "--credential-process", "--session-name=-abc");
    const config = home.read(".aws/config") ?? "";
    expect(config).toContain(" --session-name=-abc\n");
    const [, command = ""] = /^credential_process = (.*)$/m.exec(config) ?? [];
    expect((await run(command.split(" "))).stdout).toContain('"Version"');
  });

  test("is named where its context gets another name or goes", async () => {
    await letme("obtain", "example1", "--credential-process");
    await letme("obtain", "example2");
    const words = "profiles that ask letme for credentials name the context `general`: `example1`;";
    expect((await letme("config", "rename-context", "general", "g")).stderr).toContain(words);
    expect((await letme("config", "rename-context", "g", "general")).stderr).not.toContain(
      "ask letme",
    );
    expect((await letme("config", "delete-context", "general", "-y")).stderr).toContain(words);
  });

  test("20 programs with AWS's JavaScript SDK at once: one call", async () => {
    await letme("obtain", "example2", "--credential-process");
    const results = await Promise.all(
      Array.from({ length: 20 }, () => run([process.execPath, "-e", sdk, "example2"])),
    );
    expect(results.map(({ stderr }) => stderr).join("")).toBe("");
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
    expect(results[0]?.stdout).toMatch(/^ASIA[A-Z0-9]{16} \d{4}-/);
    // The bastion's role and the account's.
    expect(assumed()).toBe(2);
  }, 60_000);

  test.if(hasBotocore())(
    "20 programs with boto at once: one call",
    async () => {
      await letme("obtain", "example1", "--credential-process");
      const program =
        "import botocore.session as b; print(b.Session(profile='example1').get_credentials().get_frozen_credentials().access_key)";
      const results = await Promise.all(
        Array.from({ length: 20 }, () => run(["python3", "-c", program])),
      );
      expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
      expect(results[0]?.stdout).toMatch(/^ASIA/);
      expect(assumed()).toBe(1);
    },
    60_000,
  );

  test.if(Bun.which("aws") !== null)(
    "the aws command signs with what it gives",
    async () => {
      await letme("obtain", "example1", "--credential-process");
      const { stdout, stderr } = await run(
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
        { AWS_CONFIG_FILE: home.awsConfig, AWS_SHARED_CREDENTIALS_FILE: home.awsCredentials },
      );
      expect(stderr).toBe("");
      expect(JSON.parse(stdout).Arn).toContain(":assumed-role/role0/");
    },
    60_000,
  );

  test("as its own source it is an error, not an endless run", async () => {
    await letme("obtain", "example1", "--credential-process");
    settleIn(home, { aws_source_profile: "example1" });
    const inConfig = await letme("export", "example2");
    expect(inConfig.stderr).toContain(
      "asks letme for the credentials that letme wants to start from",
    );
  });
});
