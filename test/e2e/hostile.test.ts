import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { placeForEachTest } from "../support/each-test.ts";
import { settleIn, startOrganisation, user } from "../support/organisation.ts";
import { type Home, runLetme, runLetmeInTerminal } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
});

const letme = (args: readonly string[], environment: Record<string, string> = {}) =>
  runLetme(args, { home, environment: { ...standIn.environment, ...environment } });

describe("a directory that wants to be run in", () => {
  test("none of its files has any effect", async () => {
    const marker = join(home.path, "marker");
    const touch = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "run"); console.log("HOSTILE");`;
    const here = "hostile";
    const files: Record<string, string> = {
      ".env":
        "LETME_CONTEXT=hostile\nAWS_ENDPOINT_URL=http://127.0.0.1:9\nAWS_ENDPOINT_URL_STS=http://127.0.0.1:9\nLETME_HOME=/nowhere\nBUN_OPTIONS=--preload ./preload.js\n",
      ".env.local": "LETME_DYNAMODB_TABLE=hostile\n",
      ".env.production": "LETME_DYNAMODB_TABLE=hostile\n",
      "bunfig.toml": 'preload = ["./preload.js"]\n[run]\npreload = ["./preload.js"]\n',
      "preload.js": touch,
      "package.json":
        '{"type":"commonjs","imports":{"#x":"./preload.js"},"main":"./preload.js","dependencies":{"smol-toml":"*"}}',
      "tsconfig.json":
        '{"compilerOptions":{"paths":{"smol-toml":["./preload.js"],"@clack/prompts":["./preload.js"]}}}',
      "node_modules/smol-toml/package.json": '{"name":"smol-toml","main":"index.js"}',
      "node_modules/smol-toml/index.js": touch,
      "node_modules/@clack/prompts/package.json": '{"name":"@clack/prompts","main":"index.js"}',
      "node_modules/@clack/prompts/index.js": touch,
      "node_modules/aws4fetch/package.json": '{"name":"aws4fetch","main":"index.js"}',
      "node_modules/aws4fetch/index.js": touch,
      "letme-config": "[hostile]\n",
    };
    for (const [path, text] of Object.entries(files)) home.write(join(here, path), text);
    const options = {
      home,
      environment: { ...standIn.environment, NODE_ENV: "production" },
      cwd: join(home.path, here),
    };
    const elsewhere = await letme(["list"]);
    for (const args of [["--version"], ["--help"], ["list"], ["obtain", "example1"]]) {
      const result = await runLetme(args, options);
      expect(result.exitCode).toBe(0);
      expect(result.stdout + result.stderr).not.toContain("HOSTILE");
      if (args[0] === "list") expect(result.stdout).toBe(elsewhere.stdout);
    }
    const terminal = runLetmeInTerminal(
      ["obtain", "guarded", "--mfa-arn", user.mfaSerial],
      options,
    );
    await terminal.waitFor("Enter MFA one time pass code:");
    terminal.type("\x03");
    expect((await terminal.exited).exitCode).toBe(130);
    expect(terminal.screen).not.toContain("HOSTILE");
    expect(existsSync(marker)).toBe(false);
  });
});

describe("a registry that wants to be more than data", () => {
  const role = "arn:aws:iam::000000000001:role/role0";
  const hostile = [
    "line\n[profile default]",
    "cr\rreturn",
    "\u001b[2J\u001b]0;owned\u0007",
    "\u009b31m",
    "turned\u202eafter",
    "nul\u0000",
    "",
  ];

  test("list shows the sound ones, names the others, and nothing steers the terminal", async () => {
    await standIn.createTable({ name: "hostile", key: "id" });
    await standIn.putAccounts("hostile", [
      {
        id: { N: "0" },
        name: { S: "sound" },
        role: { S: role },
        description: { S: "\u001b[31m\nx" },
      },
      ...hostile
        .filter((name) => name !== "")
        .map((name, index) => ({
          id: { N: String(index + 1) },
          name: { S: name },
          role: { S: role },
        })),
      { id: { N: "90" }, name: { S: "no-role" } },
      { id: { N: "91" }, role: { S: role } },
      {
        id: { N: "92" },
        name: { S: "evil-region" },
        role: { S: role },
        region: { S: "x.example.com/" },
      },
      { id: { N: "93" }, name: { M: {} }, role: { S: role } },
    ]);
    for (const args of [["list"], ["list", "-l"], ["list", "-o", "json"], ["init"]]) {
      const { exitCode, stdout, stderr } = await letme([...args, "--table", "hostile"]);
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stderr.match(/^warning: left out /gm)?.length).toBe(10);
      expect(stderr).toContain("left out `no-role`: its attribute `role` is missing");
      expect(stderr).toContain("left out `id 91`: its attribute `name` is missing");
      if (args[0] === "list") expect(stdout).toContain("sound");
    }
    // What the snapshot holds of it reads back to the same.
    const fromSnapshot = await letme(["list", "-o", "json", "--table", "hostile"]);
    expect(JSON.parse(fromSnapshot.stdout).items).toEqual([
      expect.objectContaining({ name: "sound", description: "\u001b[31m\nx" }),
    ]);
    for (const name of ["no-role", "evil-region"]) {
      const { exitCode, stderr } = await letme([
        "obtain",
        name,
        "--table",
        "hostile",
        "--no-cache",
      ]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/malformed in .*its attribute `(role|region)`/);
    }
  });

  test.each([...hostile.slice(0, 6), "a]b", "a b", "a#b", "[x", 'a"b', "é"])(
    "a name that no profile may have is refused: %j",
    async (name) => {
      const before = home.read(".aws/credentials");
      // A command line cannot hold NUL.
      const { exitCode, stderr } = await letme(["obtain", name.replaceAll("\0", "\u0001")]);
      expect(exitCode).toBeOneOf([1, 2]);
      expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(home.read(".aws/credentials")).toBe(before as string);
      expect(standIn.log.entries).toEqual([]);
    },
  );

  test("a region of the registry cannot send a request elsewhere", async () => {
    home.write("r.toml", `[a]\nrole = "${role}"\nregion = ["eu-west-1", "evil.example.com/"]\n`);
    const { exitCode, stderr } = await letme([
      "obtain",
      "a",
      "--registry-file",
      join(home.path, "r.toml"),
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("which is no region");
  });

  test("nor can the region `local`, which stands for a server on this machine", async () => {
    home.write("r.toml", `[a]\nrole = "${role}"\nregion = "local"\n`);
    const file = join(home.path, "r.toml");
    const obtained = await letme(["obtain", "a", "--registry-file", file]);
    expect(obtained.exitCode).toBe(1);
    expect(obtained.stderr).toContain("has `local`, which is no region");
    // Nor where an older letme, or somebody else, wrote it into a profile.
    home.write(".aws/config", "[default]\nregion = local\n");
    home.write(".letme/letme-config", '[general]\ndynamodb_table = "accounts"\n');
    const listed = await runLetme(["list"], { home });
    expect(listed.exitCode).toBe(3);
    expect(listed.stderr).toContain("config:2) has the region `local`");
  });
});

describe("a registry with names that mean more than an account", () => {
  const role = "arn:aws:iam::000000000001:role/role0";
  const keys = {
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    AWS_REGION: "eu-west-1",
  };
  const obtain = (names: readonly string[], ...args: readonly string[]) => {
    home.write(".aws/credentials", "");
    home.write(".letme/letme-config", "");
    const accounts = names.map((name) => `["${name}"]\nrole = "${role}"\ntags = "prod"\n`);
    const file = home.write("r.toml", accounts.join(""));
    return letme(["obtain", "--registry-file", file, ...args], keys);
  };
  const written = () => [...(home.read(".aws/credentials") ?? "").matchAll(/^\[(.*)\]$/gm)];

  test.each(["--all", "--filter=prod"])(
    "an account `default` becomes nobody's default profile by %s",
    async (choice) => {
      const { exitCode, stderr } = await obtain(["default", "good"], choice);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("1 of 2 accounts failed\n  `default`: ");
      expect(stderr).toContain("name it if you mean that: `letme obtain default`");
      expect(written().map(([, name]) => name)).toEqual(["good"]);
      const asProcess = await obtain(["default", "good"], "--credential-process", choice);
      expect(asProcess.exitCode).toBe(1);
      expect(home.read(".aws/config")).not.toContain("[default]");
    },
  );

  test("no variable of a user's gets into a program's arguments by a name", async () => {
    const names = ["%AWS_SECRET_ACCESS_KEY%", "good"];
    const { exitCode, stderr } = await obtain(names, "--all", "--credential-process");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("1 of 2 accounts failed\n  `%AWS_SECRET_ACCESS_KEY%`: ");
    expect(home.read(".aws/config")).toContain(" export good --format process ");
    expect(home.read(".aws/config")).not.toContain("%");
    const other = ["%AWS_SECRET_ACCESS_KEY%", "--profile", "other", "--credential-process"];
    const named = await obtain(names, ...other);
    expect(named.exitCode).toBe(1);
    expect(named.stderr).toContain("cannot have `%` in it");
    expect(home.read(".aws/config")).not.toContain("other");
    // Credentials in the file are read by no shell.
    expect((await obtain(names, "--all")).exitCode).toBe(0);
  });

  test("nor does an account whose name is an option become a profile, but under another name", async () => {
    const names = ["-r", "--help", "good"];
    const { exitCode, stderr } = await obtain(names, "--all");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("2 of 3 accounts failed");
    expect(stderr).toContain("AWS's tools would take it for an option");
    expect(stderr).toContain("`letme obtain --profile OTHER -- ");
    expect(written().map(([, name]) => name)).toEqual(["good"]);
    const other = await obtain(names, "--profile", "other", "--credential-process", "--", "-r");
    expect(other.exitCode).toBe(0);
    const command = /^credential_process = (.*)$/m.exec(home.read(".aws/config") ?? "")?.[1] ?? "";
    expect(command).toEndWith(" -- -r");
    const [, ...args] = command.split(" ");
    const exported = await letme(args, keys);
    expect(exported.exitCode).toBe(0);
    expect(JSON.parse(exported.stdout).AccessKeyId).toStartWith("ASIA");
  });

  test("nor does a chain without end keep the other accounts from being obtained", async () => {
    const chain = Array.from({ length: 9000 }, (_, index) => `"${role}${index}"`).join(",");
    const file = home.write("c.toml", `[endless]\nrole = [${chain}]\n[good]\nrole = "${role}"\n`);
    const args = ["obtain", "--all", "--registry-file", file];
    const { exitCode, stderr } = await letme(args, keys);
    expect(stderr).toContain("left out `endless`: its attribute `role` has more than 16 role ARNs");
    expect(exitCode).toBe(0);
  });

  test("`default` is obtained where it is named", async () => {
    expect((await obtain(["default", "good"], "default")).exitCode).toBe(0);
    expect(written().map(([, name]) => name)).toEqual(["default"]);
    expect((await obtain(["default", "good"], "good", "--profile", "default")).exitCode).toBe(0);
    expect(written().map(([, name]) => name)).toEqual(["default"]);
  });
});

describe("files and replies that nobody would write", () => {
  test("a chain of source profiles without end is an error", async () => {
    settleIn(home, { aws_source_profile: "p0" });
    const profiles = Array.from(
      { length: 20_000 },
      (_, index) =>
        `[profile p${index}]\nrole_arn = arn:aws:iam::000000000001:role/role0\nsource_profile = p${index + 1}\n`,
    );
    home.write(".aws/config", profiles.join(""));
    const { exitCode, stderr } = await letme(["list"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("profile `p15`");
    expect(stderr).toContain("is at the end of 16 profiles");
  });

  test("credentials that no file can hold fail alone, and the others are written", async () => {
    const credentialsOf = (secret: string) =>
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    const sts = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        const isFirst = (await request.text()).includes("000000000001");
        return new Response(credentialsOf(isFirst ? "#secret" : "secret"));
      },
    });
    try {
      const { exitCode, stderr } = await letme(["obtain", "example1", "closed"], {
        AWS_ENDPOINT_URL_STS: sts.url.origin,
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain("1 of 2 accounts failed\n  `example1`: STS's reply to AssumeRole");
      expect(stderr).not.toContain("#secret");
      expect(home.read(".aws/credentials")).toContain("[closed]");
      expect(home.read(".aws/credentials")).not.toContain("[example1]");
    } finally {
      await sts.stop(true);
    }
  });

  test("remembered credentials that would add a line to a shell's are not used", async () => {
    const first = await letme(["export", "example1", "--format", "process"]);
    const path = ".letme/state.json";
    const state = JSON.parse(home.read(path) ?? "");
    for (const one of Object.values(state.credentials) as { sessionToken: string }[]) {
      one.sessionToken = "SECRETTOKEN\nINJECTED=1";
    }
    home.write(path, JSON.stringify(state));
    const again = await letme(["export", "example1", "--format", "env-no-export", "--debug"]);
    expect(again.exitCode).toBe(0);
    expect(again.stdout + again.stderr).not.toMatch(/INJECTED|SECRETTOKEN/);
    expect(again.stdout).not.toContain(JSON.parse(first.stdout).AccessKeyId);
  });
});

describe("secrets", () => {
  test("stand nowhere but in the AWS files, whatever is asked", async () => {
    settleIn(home, { mfa_arn: user.mfaSerial });
    const code = standIn.currentCode(user.mfaSerial);
    let printed = "";
    for (const args of [
      ["list", "--debug"],
      ["init", "--debug"],
      ["obtain", "guarded", "--debug", "--mfa-token", code],
      ["obtain", "guarded", "--debug", "--mfa-token", code],
      ["obtain", "example1", "--debug", "--dry-run"],
      ["list", "-l", "--debug"],
      ["list", "-o", "json", "--debug"],
    ]) {
      const { stdout, stderr } = await letme(args, { BUN_CONFIG_VERBOSE_FETCH: "curl" });
      printed += stdout + stderr;
    }
    expect(printed).toContain("debug: > AssumeRole");
    expect(printed).toContain("TokenCode=[hidden]");
    const credentials = home.read(".aws/credentials") ?? "";
    const secrets = [...credentials.matchAll(/^aws_\w+ = (\S+)$/gm)].map((match) => match[1] ?? "");
    expect(secrets.length).toBe(5);
    for (const secret of [...secrets, code, "AWS4-HMAC-SHA256"])
      expect(printed).not.toContain(secret);
    for (const file of readdirSync(join(home.path, ".letme"))) {
      const text = readFileSync(join(home.path, ".letme", file), "latin1");
      for (const secret of [...secrets, code]) expect(text).not.toContain(secret);
    }
  });

  test("nor in what a gateway says that gives the request back", async () => {
    const sessionToken =
      "IQoJb3JpZ2luX2VjABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/TAILOFTHETOKEN+nopqrs";
    const gateway = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        const sent = request.headers.get("x-amz-security-token") ?? "";
        const parts = [sent.slice(20), encodeURIComponent(sent).replaceAll("%2F", "%2f")];
        const message = `blocked: …${parts.join(" ")} ${sent.replaceAll("/", "\\/")}`;
        return Response.json(
          { __type: "x#AccessDeniedException", message },
          { status: 400, headers: { "x-amzn-requestid": sent } },
        );
      },
    });
    try {
      const { exitCode, stderr } = await letme(["list", "--debug"], {
        AWS_ENDPOINT_URL_DYNAMODB: gateway.url.origin,
        AWS_ACCESS_KEY_ID: "ASIAGATEWAY",
        AWS_SECRET_ACCESS_KEY: "ab/cdefghijklmnopqrstuvwxyz0123456789",
        AWS_SESSION_TOKEN: sessionToken,
        LETME_HOME: join(home.path, "none"),
        LETME_DYNAMODB_TABLE: "accounts",
        AWS_REGION: "eu-west-1",
      });
      expect(exitCode).toBe(4);
      expect(stderr).toContain("blocked: …[hidden] [hidden] [hidden] (HTTP 400)");
      expect(stderr).not.toMatch(/IQoJ|TAILOF|nopqrs/);
    } finally {
      await gateway.stop(true);
    }
  });

  test("what export and exec give goes nowhere else", async () => {
    const exported = await letme(["export", "example1", "--format", "process", "--debug"]);
    const document = JSON.parse(exported.stdout);
    const secrets = [document.SecretAccessKey, document.SessionToken];
    let printed = exported.stderr;
    for (const args of [
      ["exec", "example1", "--debug", "--", "true"],
      ["session", "--debug"],
      ["session", "-o", "json"],
      ["obtain", "example1", "--credential-process", "--debug"],
      ["status", "-o", "json"],
      ["config", "show", "-o", "json"],
      ["list", "-o", "json"],
    ]) {
      const { stdout, stderr, exitCode } = await letme(args, { BUN_CONFIG_VERBOSE_FETCH: "curl" });
      expect(exitCode).toBe(0);
      printed += stdout + stderr;
    }
    for (const secret of secrets) expect(printed).not.toContain(secret);
    const holding = readdirSync(join(home.path, ".letme")).filter((file) =>
      readFileSync(join(home.path, ".letme", file), "latin1").includes(document.SecretAccessKey),
    );
    expect(holding).toEqual(["state.json"]);
    expect(statSync(join(home.path, ".letme/state.json")).mode & 0o777).toBe(0o600);
  });

  test.if(process.platform !== "win32")(
    "a state that others could read is closed to them, whatever is in it",
    async () => {
      await letme(["export", "example1"]);
      const state = join(home.path, ".letme/state.json");
      chmodSync(state, 0o644);
      const { exitCode, stderr } = await letme(["export", "example1"]);
      expect(exitCode).toBe(0);
      expect(stderr).toContain("state.json could be read by others (mode 0644): it is 0600 now");
      expect(statSync(state).mode & 0o777).toBe(0o600);
      // A damaged one has its secrets still.
      home.write(".letme/state.json", (home.read(".letme/state.json") ?? "").slice(0, -5));
      chmodSync(state, 0o644);
      await letme(["export", "example1"]);
      expect(statSync(`${state}.set-aside`).mode & 0o777).toBe(0o600);
      await letme(["session", "clear"]);
      expect(existsSync(`${state}.set-aside`)).toBe(false);
    },
  );

  test.if(process.platform !== "win32")(
    "files and folders are closed to others, whatever the umask",
    async () => {
      const { startProgram } = await import("../support/run-letme.ts");
      const { letmeBinary } = await import("../support/letme-binary.ts");
      const command = `umask 0; '${letmeBinary()}' init && '${letmeBinary()}' obtain example1`;
      const run = startProgram(["/bin/sh", "-c", command], {
        home,
        environment: standIn.environment,
      });
      expect((await run.result).exitCode).toBe(0);
      for (const folder of [".letme", ".aws"]) {
        for (const file of readdirSync(join(home.path, folder))) {
          expect(
            `${file} ${(statSync(join(home.path, folder, file)).mode & 0o777).toString(8)}`,
          ).toBe(`${file} 600`);
        }
      }
      // Nor do they become useless to the user.
      const other = `umask 777; LETME_HOME="$HOME/other" '${letmeBinary()}' session clear`;
      const { exitCode } = await startProgram(["/bin/sh", "-c", other], {
        home,
        environment: standIn.environment,
      }).result;
      expect(exitCode).toBe(0);
      expect(statSync(join(home.path, "other")).mode & 0o777).toBe(0o700);
    },
  );
});

describe("the environment", () => {
  test("NODE_TLS_REJECT_UNAUTHORIZED=0 does not make a stranger AWS", async () => {
    const stranger = await startOrganisation({ tls: true });
    try {
      const run = (environment: Record<string, string | undefined>) =>
        runLetme(["list"], { home, environment: { ...stranger.environment, ...environment } });
      expect((await run({})).exitCode).toBe(0);
      const { exitCode, stderr } = await run({
        NODE_EXTRA_CA_CERTS: undefined,
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain("its TLS certificate is not trusted");
      expect(stderr).toContain("hint: if a company's proxy");
    } finally {
      await stranger.stop();
    }
  });
});
