import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { placeForEachTest } from "../support/each-test.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { settleIn, table, user } from "../support/organisation.ts";
import {
  type Home,
  newHome,
  type RunResult,
  runLetme,
  runLetmeInTerminal,
  startProgram,
} from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;
let before: { credentials: string | undefined; config: string | undefined };

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
  home.write(".aws/config", "# mine\n[profile mine]\nregion = eu-west-3\n");
  before = files();
});

const files = () => ({
  credentials: home.read(".aws/credentials"),
  config: home.read(".aws/config"),
});

const letme = (args: readonly string[], environment: Record<string, string | undefined> = {}) =>
  runLetme(args, { home, environment: { ...standIn.environment, ...environment } });

/** The right exit code, a message and a hint, no stack, and the AWS files as they were. */
function expectFailure(result: RunResult, code: number, message: RegExp, hint: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.exitCode).toBe(code);
  expect(result.stderr).toMatch(/^letme: /m);
  expect(/^hint: (.*)$/m.exec(result.stderr)?.[1] ?? "no hint").toMatch(hint);
  expect(result.stderr).not.toMatch(/^\s+at |\$bunfs|unexpected failure/m);
  expect(result.stdout).toBe("");
  expect(files()).toEqual(before);
}

test.skipIf(process.platform === "win32")("a pipe in the snapshot's place", async () => {
  Bun.spawnSync(["mkfifo", `${home.path}/.letme/.letme-cache`]);
  const { stderr, exitCode } = await letme(["list"]);
  expect(stderr).toMatch(/^warning: the snapshot `.*` cannot be read: asking the table$/m);
  expect(exitCode).toBe(0);
});

describe("AWS refuses", () => {
  test.each([
    ["--mfa-token", 2],
    ["LETME_MFA_TOKEN", 3],
  ])("what is no MFA code is not sent: %s", async (way, code) => {
    const given = way === "--mfa-token" ? [way, "12345a"] : [];
    const result = await letme(
      ["obtain", "guarded", "--mfa-arn", user.mfaSerial, ...given],
      given.length === 0 ? { [way]: "12345a" } : {},
    );
    expectFailure(result, code, /is not an MFA code: it must be six digits/, /six digits/);
    expect(standIn.log.entries).toEqual([]);
  });

  test("a wrong MFA code, sent once", async () => {
    const wrong = standIn.currentCode(user.mfaSerial) === "000000" ? "000001" : "000000";
    const args = ["obtain", "guarded", "--mfa-arn", user.mfaSerial, "--mfa-token", wrong];
    const result = await letme(args);
    expectFailure(
      result,
      4,
      /AccessDenied: .*invalid MFA one time pass code.*request id/,
      /works once/,
    );
    expect(standIn.log.entries.filter((entry) => "TokenCode" in entry.parameters).length).toBe(1);
  });

  test("an MFA device that is not the caller's", async () => {
    const args = ["obtain", "guarded", "--mfa-arn", "arn:aws:iam::111111111111:user/user001"];
    const result = await letme([...args, "--mfa-token", "123456"]);
    expectFailure(result, 4, /unable to validate MFA code/, /not `:user\/`/);
  });

  test("a role that does not trust the caller", async () => {
    expectFailure(
      await letme(["obtain", "closed"]),
      4,
      /not authorized to perform: sts:AssumeRole/,
      /trust policy/,
    );
  });

  test("a role behind another, for which no MFA device would help", async () => {
    const roles = [
      "arn:aws:iam::000000000222:role/bastion",
      "arn:aws:iam::000000000005:role/closed",
    ];
    await standIn.putAccounts(table, [
      { id: { N: "901" }, name: { S: "behind" }, role: { L: roles.map((S) => ({ S })) } },
    ]);
    const result = await letme(["obtain", "behind"]);
    expectFailure(result, 4, /sts:AssumeRole/, /trust policy/);
    expect(result.stderr).not.toContain("mfa_arn");
  });

  test("a role that wants MFA", async () => {
    expectFailure(await letme(["obtain", "guarded"]), 4, /AccessDenied/, /set `mfa_arn`/);
  });

  test("expired source credentials, as AWS says it", async () => {
    standIn.fail({
      service: "dynamodb",
      with: {
        code: "ExpiredTokenException",
        message: "The security token included in the request is expired",
      },
    });
    expectFailure(await letme(["obtain", "example1"]), 4, /ExpiredTokenException/, /expired/);
  });

  test("expired source credentials, as the environment says it: nothing is asked", async () => {
    home.write(
      ".letme/letme-config",
      '[general]\ndynamodb_table = "accounts"\naws_source_profile_region = "eu-west-1"\n',
    );
    const result = await letme(["obtain", "example1"], {
      AWS_ACCESS_KEY_ID: "ASIAEXPIRED",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: "y",
      AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z",
    });
    expectFailure(
      result,
      4,
      /the credentials of the environment expired at 2020-01-01/,
      /get new ones/,
    );
    expect(standIn.log.entries).toEqual([]);
  });

  test("unknown and wrong keys", async () => {
    home.write(
      ".aws/credentials",
      "[default]\naws_access_key_id = AKIAUNKNOWN000000001\naws_secret_access_key = x\n",
    );
    before = files();
    expectFailure(
      await letme(["list"]),
      4,
      /UnrecognizedClientException/,
      /source credentials.*; the source is profile `default`$/,
    );
    home.write(
      ".aws/credentials",
      `[default]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = wrong\n`,
    );
    before = files();
    expectFailure(await letme(["list"]), 4, /InvalidSignatureException/, /secret access key/);
  });

  test("keys that are swapped: the secret is not shown in the id's place", async () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    home.write(
      ".aws/credentials",
      `[default]\naws_access_key_id = ${secret}\naws_secret_access_key = ${user.accessKeyId}\n`,
    );
    before = files();
    for (const args of [["list"], ["whoami"], ["obtain", "example1", "--debug"]]) {
      const result = await letme(args);
      expectFailure(result, 4, /Signature/, /may be swapped/);
      expect(result.stderr).not.toContain("wJalrXUtnFEMI");
      expect(result.stderr).not.toContain("bPxRfiCYEXAMPLEKEY");
    }
  });

  test("a table that is not there", async () => {
    expectFailure(
      await letme(["obtain", "x", "--table", "nowhere"]),
      3,
      /^letme: there is no table `nowhere` in eu-west-1: .*ResourceNotFoundException/,
      /dynamodb_table/,
    );
  });

  test("an account that is not there", async () => {
    expectFailure(await letme(["obtain", "nobody"]), 1, /has no account `nobody`/, /letme list/);
  });

  test("a name without end is not repeated whole", async () => {
    const name = "x".repeat(2500);
    for (const args of [
      ["export", name],
      ["obtain", name, "--profile", "short"],
      ["exec", name, "--", "true"],
    ]) {
      const result = await letme(args);
      expectFailure(result, 1, /has no account `x{128}…`$/m, /letme list/);
      expect(result.stderr.length).toBeLessThan(400);
    }
    const several = await letme(["obtain", name, "y".repeat(2500)]);
    expect(several.stderr).toContain("letme: 2 of 2 accounts failed\n");
    expect(several.stderr).not.toMatch(/x{129}|y{129}/);
  });

  test("a duration that the role does not give", async () => {
    standIn.addRole({ arn: "arn:aws:iam::000000000077:role/short", trusts: [user.arn] });
    home.write("short.toml", '[short]\nrole = "arn:aws:iam::000000000077:role/short"\n');
    const result = await letme([
      "obtain",
      "short",
      "--registry-file",
      `${home.path}/short.toml`,
      "-d",
      "2h",
    ]);
    expectFailure(result, 1, /MaxSessionDuration/, /--duration 1h/);
  });
});

describe("the network", () => {
  test("no network", async () => {
    const nowhere = "http://127.0.0.1:9";
    const result = await letme(["obtain", "example1"], {
      AWS_ENDPOINT_URL_STS: undefined,
      AWS_ENDPOINT_URL_DYNAMODB: undefined,
      AWS_ENDPOINT_URL: nowhere,
    });
    expectFailure(result, 1, /no answer from `127\.0\.0\.1:9`: no connection/, /network/);
  });

  test("a wrong endpoint is found before the first request, where it is to be asked at all", async () => {
    const wrongSts = { AWS_ENDPOINT_URL_STS: "ftp://sts.example" };
    const wrongTable = { AWS_ENDPOINT_URL_DYNAMODB: "ftp://dynamodb.example" };
    expectFailure(await letme(["obtain", "example1"], wrongSts), 3, /AWS_ENDPOINT_URL_STS/, /http/);
    expectFailure(await letme(["list"], wrongTable), 3, /AWS_ENDPOINT_URL_DYNAMODB/, /http/);
    expect(standIn.log.entries).toEqual([]);
    expect((await letme(["list"], wrongSts)).exitCode).toBe(0);
    expect((await letme(["init"], wrongSts)).exitCode).toBe(0);
    expect((await letme(["obtain", "example1"], wrongTable)).exitCode).toBe(0);
  });

  test("a failure on AWS's side is tried three times, throttling too", async () => {
    standIn.fail({ service: "dynamodb", with: "500", times: 2 });
    expect((await letme(["list"])).exitCode).toBe(0);
    expect(standIn.log.of("dynamodb").length).toBe(3);
    standIn.log.clear();
    standIn.fail({ service: "dynamodb", with: "503", times: 9 });
    const result = await letme(["list"], { AWS_MAX_ATTEMPTS: "2" });
    expect(result.exitCode).toBe(1);
    expect(standIn.log.of("dynamodb").length).toBe(2);
  });

  const faults = [
    ...(["500", "cut", "throttle", "html", "cut-after-headers"] as const),
    ...(["empty", "garbage-xml"] as const),
  ];
  const operations = ["GetSessionToken", "AssumeRole"] as const;
  test.each(faults.flatMap((fault) => operations.map((operation) => [fault, operation] as const)))(
    "a request with an MFA code is not sent again after: %s (%s)",
    async (fault, operation) => {
      settleIn(home, operation === "AssumeRole" ? { mfa_session: "off" } : {});
      standIn.fail({ service: "sts", operation, with: fault, times: 9 });
      const code = standIn.currentCode(user.mfaSerial);
      const result = await letme([
        "obtain",
        "guarded",
        "--mfa-arn",
        user.mfaSerial,
        "--mfa-token",
        code,
      ]);
      expectFailure(result, 1, /./, /the MFA code may be used up: give the next one$/);
      const asked = standIn.log.of("sts").map((entry) => entry.operation);
      expect(asked.filter((one) => one !== "GET /")).toEqual([operation]);
    },
  );

  test("an endpoint that speaks no TLS, asked once", async () => {
    const plain = createServer((_, reply) => reply.end());
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const url = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const result = await letme(["list", "--debug"], { AWS_ENDPOINT_URL_DYNAMODB: url });
    plain.close();
    expect(result.stderr).not.toContain("trying again");
    expectFailure(result, 1, /the TLS handshake failed/, /`https` or `http`/);
  });

  test("a damaged reply is asked for again", async () => {
    standIn.fail({ service: "dynamodb", with: "bad-crc" });
    expect((await letme(["list"])).stdout).toContain("example1");
    expect(standIn.log.of("dynamodb").length).toBe(2);
  });

  test.each(["empty", "garbage-xml"] as const)("a reply that is none: %s", async (fault) => {
    standIn.fail({ service: "sts", operation: "AssumeRole", with: fault });
    const result = await letme(["obtain", "example1"]);
    expectFailure(result, 1, /STS's reply to AssumeRole has no credentials/, /proxy/);
  });

  test("a page in AWS's place", async () => {
    standIn.fail({
      service: "dynamodb",
      with: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
    });
    expectFailure(await letme(["list"]), 1, /has no list of items/, /proxy/);
    standIn.fail({
      service: "dynamodb",
      with: { status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "" },
    });
    expectFailure(
      await letme(["list"]),
      1,
      /did not answer Scan as AWS does \(HTTP 302/,
      /sign-in page/,
    );
  });
});

describe("the user's own files", () => {
  test("a profile of the same name that is not letme's, before anything is asked", async () => {
    home.write(".aws/config", "[profile example1]\nregion = eu-west-3\n");
    before = files();
    const result = await letme(["obtain", "example1"]);
    expectFailure(
      result,
      1,
      /profile `example1` in `.*\.aws\/config:1` is not letme's/,
      /--profile OTHER/,
    );
    expect(standIn.log.entries).toEqual([]);
  });

  test("no source profile of that name", async () => {
    settleIn(home, { aws_source_profile: "defalt" });
    before = files();
    expectFailure(await letme(["list"]), 4, /no profile `defalt`/, /did you mean `default`/);
  });

  test("half a key pair", async () => {
    home.write(".aws/credentials", "[default]\naws_access_key_id = AKIA\n");
    before = files();
    expectFailure(await letme(["list"]), 4, /no `aws_secret_access_key`/, /both/);
  });

  test("a folder in the place of a file", async () => {
    const result = await letme(["obtain", "example1"], {
      AWS_CONFIG_FILE: `${home.path}/.letme`,
    });
    expect(result.exitCode).toBeOneOf([1, 3]);
    expect(result.stderr).toContain("it is a folder, not a file");
    expect(files()).toEqual(before);
  });

  test("no configuration at all", async () => {
    using bare = newHome();
    const result = await runLetme(["list"], { home: bare });
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain("hint: write a configuration with `letme config-file`");
  });

  test("a letme-config that cannot be read", async () => {
    if (process.getuid?.() === 0) home.write(".letme/letme-config", "\u0000");
    else chmodSync(home.letmeConfig, 0o000);
    const result = await letme(["list"]);
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain("letme-config");
  });
});

test.each([["list"], ["obtain"]])("a blank --filter of %s is wrong usage", async (command) => {
  const result = await letme([command, "--filter", " ", "--table", "accounts"]);
  expectFailure(result, 2, /`--filter` needs a tag/, /leave it out for every account/);
});

test("a folder in letme-config's place is not said to be one that --force overwrites", async () => {
  const path = join(home.path, "elsewhere", "letme-config");
  mkdirSync(path, { recursive: true });
  for (const options of [[], ["--force"]]) {
    const result = await letme(["config-file", ...options], { LETME_HOME: dirname(path) });
    expectFailure(result, 1, /it is a folder, not a file/, /^move the folder away: /);
  }
});

test("a name that no profile can have is shown as it is", async () => {
  expectFailure(
    await letme(["obtain", "exämple"]),
    1,
    /`exämple` cannot be a profile name: /,
    /--profile OTHER/,
  );
});

test.skipIf(process.platform === "win32")("HOME with a slash behind it is the same", async () => {
  const result = await letme(["obtain", "example1"], { HOME: `${home.path}//` });
  expect(result.stderr).toContain("Changed ~/.aws/config\nChanged ~/.aws/credentials\n");
});

describe("nobody to ask", () => {
  const args = ["obtain", "guarded", "--mfa-arn", user.mfaSerial];

  test("no terminal", async () => {
    expectFailure(
      await letme(args),
      4,
      /an MFA code is needed, and there is no one to ask/,
      /--mfa-token/,
    );
  });

  test.each([["--no-input"], ["CI"]])("a terminal, but %s", async (way) => {
    const terminal = runLetmeInTerminal(way === "CI" ? args : [...args, way], {
      home,
      environment: { ...standIn.environment, ...(way === "CI" ? { CI: "true" } : {}) },
    });
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(4);
    expect(screen).toContain("--mfa-token");
  });

  test.each([
    ["^C", "\x03"],
    ["Esc", "\x1b"],
  ])("%s at the prompt", async (_, keys) => {
    const terminal = runLetmeInTerminal(args, { home, environment: standIn.environment });
    await terminal.waitFor("Enter MFA one time pass code:");
    terminal.type(keys);
    const { exitCode, screen } = await terminal.exited;
    expect(exitCode).toBe(130);
    expect(screen).toContain("letme: cancelled, nothing was changed");
    expect(files()).toEqual(before);
    expect(standIn.log.of("sts", "AssumeRole")).toEqual([]);
  });

  test.if(process.platform !== "win32")(
    "stdin and stdout taken: the terminal device is asked",
    async () => {
      const command = `'${letmeBinary()}' ${args.join(" ")} </dev/null >out.txt 2>err.txt`;
      const { startProgramInTerminal } = await import("../support/run-letme.ts");
      const terminal = startProgramInTerminal(["/bin/sh", "-c", command], {
        home,
        environment: standIn.environment,
      });
      await terminal.waitFor("Enter MFA one time pass code:");
      terminal.type(`${standIn.currentCode(user.mfaSerial)}\r`);
      expect((await terminal.exited).exitCode).toBe(0);
      expect(home.read("out.txt")).toBe("");
      expect(home.read("err.txt")).not.toContain("Enter MFA");
    },
  );

  test("^C while AWS is asked ends at once", async () => {
    const hold = standIn.hold({ service: "sts", operation: "AssumeRole" });
    const terminal = runLetmeInTerminal(["obtain", "example1"], {
      home,
      environment: standIn.environment,
    });
    await hold.arrived;
    terminal.type("\x03");
    const { exitCode, signal } = await terminal.exited;
    expect(exitCode === 130 || signal === "SIGINT").toBe(true);
    hold.release();
    expect(files()).toEqual(before);
  });
});

describe("what letme prints to", () => {
  test.if(existsSync("/dev/full"))("a full disk is an error", async () => {
    for (const args of ["list", "--version", "--help"]) {
      const run = startProgram(["/bin/sh", "-c", `'${letmeBinary()}' ${args} >/dev/full`], {
        home,
        environment: standIn.environment,
      });
      const { exitCode, stderr } = await run.result;
      expect(exitCode).toBe(1);
      expect(stderr).toContain("stdout cannot be written (ENOSPC)");
    }
  });

  test.if(process.platform !== "win32")("a file that is added to keeps what it has", async () => {
    const own = `'${letmeBinary()}'`;
    const command = `{ echo first; ${own} status --prune --dry-run; ${own} --version; echo last; } >> out`;
    home.write("out", "before\n");
    const { exitCode } = await startProgram(["/bin/sh", "-c", command], {
      home,
      environment: standIn.environment,
    }).result;
    expect(exitCode).toBe(0);
    expect(home.read("out")).toMatch(/^before\nfirst\nletme [^\n]+\nlast\n$/);
  });

  test.if(process.platform !== "win32")("a pipe that closes early is none", async () => {
    const command = `{ '${letmeBinary()}' list; echo $? >&2; } | /usr/bin/head -n 1`;
    const { stdout, stderr } = await startProgram(["/bin/sh", "-c", command], {
      home,
      environment: standIn.environment,
    }).result;
    expect(stdout).toMatch(/^NAME: +MAIN REGION:\n$/);
    expect(stderr).toBe("0\n");
  });

  test.if(process.platform !== "win32")("a slow pipe gets all of a megabyte", async () => {
    const role = "arn:aws:iam::000000000001:role/role0";
    const many = Array.from(
      { length: 4000 },
      (_, index) => `[a${index}]\nrole = "${role}"\ndescription = "${"x".repeat(200)}"\n`,
    );
    home.write("many.toml", many.join(""));
    const command = `'${letmeBinary()}' list -o json --registry-file many.toml | { read first; /bin/cat; } | /usr/bin/wc -c`;
    const { stdout } = await startProgram(["/bin/sh", "-c", command], {
      home,
      environment: standIn.environment,
    }).result;
    expect(Number(stdout)).toBeGreaterThan(1_000_000);
    const whole = await letme(["list", "-o", "json", "--registry-file", `${home.path}/many.toml`]);
    expect(Number(stdout)).toBe(whole.stdout.length - 2);
  });
});
