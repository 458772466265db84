import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { placeForEachTest } from "../support/each-test.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { settleIn, user } from "../support/organisation.ts";
import { type Home, runLetme, startProgram } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({}, (place) => {
  ({ standIn, home } = place);
});

const letme = (args: readonly string[], environment: Record<string, string> = {}) =>
  runLetme(args, { home, environment: { ...standIn.environment, ...environment } });

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe.if(process.platform !== "win32")("places, links and modes", () => {
  test("links are followed and kept", async () => {
    home.write("dotfiles/config", "[profile mine]\nregion = eu-west-3\n");
    home.write("dotfiles/credentials", home.read(".aws/credentials") ?? "");
    const links = {
      config: join(home.path, "links/config"),
      credentials: join(home.path, "links/credentials"),
    };
    mkdirSync(join(home.path, "links"));
    symlinkSync("../dotfiles/config", links.config);
    symlinkSync(join(home.path, "dotfiles/credentials"), links.credentials);
    const environment = {
      AWS_CONFIG_FILE: links.config,
      AWS_SHARED_CREDENTIALS_FILE: links.credentials,
    };
    expect((await letme(["obtain", "example1"], environment)).exitCode).toBe(0);
    for (const link of Object.values(links)) expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(home.read("dotfiles/config")).toContain("[profile example1]");
    expect(home.read("dotfiles/credentials")).toContain("[example1]");
    expect(readdirSync(join(home.path, "dotfiles")).sort()).toEqual(["config", "credentials"]);
  });

  test("a credentials file that others can read is closed to them, and that is said", async () => {
    chmodSync(home.awsCredentials, 0o644);
    home.write(".aws/config", "");
    chmodSync(home.awsConfig, 0o644);
    const { stderr } = await letme(["obtain", "example1"]);
    expect(stderr).toContain(
      "warning: ~/.aws/credentials could be read by others (mode 0644): it is 0600 now",
    );
    expect([modeOf(home.awsCredentials), modeOf(home.awsConfig)]).toEqual(["600", "644"]);
    // Also where the credentials in it are kept.
    chmodSync(home.awsCredentials, 0o604);
    const kept = await letme(["obtain", "example1"]);
    expect(kept.stderr).toContain("still valid");
    expect(kept.stderr).toContain("(mode 0604): it is 0600 now");
    expect(modeOf(home.awsCredentials)).toBe("600");
  });

  test("another name of a file keeps the old content, which is told; attributes stay", async () => {
    const other = join(home.path, "backup");
    linkSync(home.awsCredentials, other);
    const before = home.read("backup");
    const python = (line: string) =>
      spawnSync("python3", ["-c", `import os\n${line}`, home.awsCredentials]).stdout?.toString();
    const file = JSON.stringify(home.awsCredentials);
    python(`os.setxattr(${file}, "user.note", b"mine")`);
    const attributes = python(`print(os.listxattr(${file}))`);
    const { exitCode, stderr } = await letme(["obtain", "example1"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "warning: ~/.aws/credentials had 2 names (hard links): the other keeps the old content, and letme's changes are under this one alone\n",
    );
    expect(home.read("backup")).toBe(before as string);
    expect(home.read(".aws/credentials")).toStartWith(before as string);
    expect(python(`print(os.listxattr(${file}))`)).toBe(attributes as string);
    expect((await letme(["remove", "example1"])).stderr).not.toContain("names");
  });

  test("missing folders and files are made, for their user only", async () => {
    const environment = {
      AWS_CONFIG_FILE: join(home.path, "new/deep/config"),
      AWS_SHARED_CREDENTIALS_FILE: join(home.path, "new/deep/credentials"),
      AWS_ACCESS_KEY_ID: "AKIAORGANISATION0001",
      AWS_SECRET_ACCESS_KEY: "organisation+Secret/Key0123456789abcdefg",
    };
    settleIn(home, { aws_source_profile: "" });
    expect((await letme(["obtain", "example1"], environment)).exitCode).toBe(0);
    const deep = join(home.path, "new/deep");
    expect([modeOf(deep), ...readdirSync(deep).map((file) => modeOf(join(deep, file)))]).toEqual([
      "700",
      "600",
      "600",
    ]);
  });

  test.each<[string, (home: Home) => string, RegExp]>([
    ["a device", () => "/dev/null", /it is not a regular file/],
    ["the credentials file", (at) => at.awsCredentials, /are the same/],
    [
      "a file that somebody made read-only",
      (at) => {
        const path = at.write("read-only", "");
        chmodSync(path, 0o400);
        return path;
      },
      /it is read-only/,
    ],
    [
      "a dangling link",
      (at) => {
        const link = join(at.path, "dangling");
        symlinkSync("nowhere", link);
        return link;
      },
      /dangling/,
    ],
    [
      "a link to itself",
      (at) => {
        const link = join(at.path, "loop");
        symlinkSync("loop", link);
        return link;
      },
      /loop/,
    ],
    ["a folder", (at) => join(at.path, ".letme"), /it is a folder/],
    ["a path that is too long", (at) => join(at.path, "x".repeat(300)), /too long/],
    [
      "a file in the place of a folder",
      (at) => join(at.awsCredentials, "config"),
      /a part of the path is a file/,
    ],
  ])("in the config file's place: %s", async (_, placeIn, message) => {
    const before = home.read(".aws/credentials");
    const { exitCode, stderr } = await letme(["obtain", "example1"], {
      AWS_CONFIG_FILE: placeIn(home),
    });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^hint: /m);
    expect(exitCode).toBeOneOf([1, 3]);
    // Found before a role is assumed, which may cost an MFA code.
    expect(standIn.log.of("sts", "AssumeRole")).toEqual([]);
    expect(home.read(".aws/credentials")).toBe(before as string);
  });
});

describe.if(process.platform !== "win32")("a pipe in a file's place is not waited for", () => {
  const what = "it is a pipe, a socket or a device, not a file";
  const putPipe = (path: string) => {
    rmSync(path, { force: true });
    spawnSync("mkfifo", [path]);
  };
  const commands = [
    "obtain example1",
    "remove example1",
    "status --prune",
    "status",
    "list --local",
    "export example1",
  ];

  test.each(commands)("of the AWS files: %s", async (command) => {
    await letme(["obtain", "example1"]);
    for (const [pipe, other] of [
      [home.awsConfig, home.awsCredentials],
      [home.awsCredentials, home.awsConfig],
    ] as const) {
      const kept = `${pipe}.kept`;
      renameSync(pipe, kept);
      putPipe(pipe);
      const before = readFileSync(other, "utf8");
      const { exitCode, stderr } = await letme(command.split(" "));
      // What is about to write looks at the kind before it reads.
      expect(stderr).toMatch(new RegExp(`\`${pipe}\`: it is (a pipe|not a regular file)`));
      expect(stderr).toMatch(/^hint: /m);
      expect(exitCode).toBe(1);
      expect(readFileSync(other, "utf8")).toBe(before);
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      renameSync(kept, pipe);
    }
    // No lock is held by what was refused.
    expect((await letme(["remove", "example1"])).exitCode).toBe(0);
  });

  test.each(["letme-config", ".letme-usersettings"])("of %s", async (name) => {
    const path = join(home.path, ".letme", name);
    putPipe(path);
    const { exitCode, stderr } = await letme(["list"]);
    expect(stderr).toContain(`\`${path}\` cannot be read (${what})`);
    expect(exitCode).toBe(3);
  });

  test("of the state, which is set aside", async () => {
    const path = join(home.path, ".letme/state.json");
    putPipe(path);
    const { exitCode, stderr } = await letme(["obtain", "example1"]);
    expect(stderr).toContain(`was set aside as ${path}.set-aside`);
    expect(exitCode).toBe(0);
  });

  test("devices: an empty one is an empty file, one without an end is refused", async () => {
    const environment = {
      AWS_ACCESS_KEY_ID: "AKIAORGANISATION0001",
      AWS_SECRET_ACCESS_KEY: "organisation+Secret/Key0123456789abcdefg",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
    settleIn(home, { aws_source_profile: "" });
    const read = await letme(["export", "example1"], {
      ...environment,
      AWS_CONFIG_FILE: "/dev/null",
    });
    expect(read.stdout).toContain("AWS_SESSION_TOKEN");
    expect(read.exitCode).toBe(0);
    const endless = await letme(["export", "example1"], {
      ...environment,
      AWS_CONFIG_FILE: "/dev/zero",
    });
    expect(endless.stderr).toContain(`cannot read \`/dev/zero\`: ${what} (EFTYPE)`);
    expect(endless.exitCode).toBe(1);
  });
});

test("copies that people made beside the files stay, however they are named", async () => {
  const copies = [".credentials.letme-backup.tmp", ".config.letme-2024.tmp"];
  for (const name of copies) home.write(`.aws/${name}`, "mine");
  home.write(".letme/.state.json.letme-old.tmp", "mine");
  expect((await letme(["obtain", "example1"])).exitCode).toBe(0);
  for (const name of copies) expect(home.read(`.aws/${name}`)).toBe("mine");
  expect(home.read(".letme/.state.json.letme-old.tmp")).toBe("mine");
});

describe("what stands in them", () => {
  test("line ends and everything else of others stay", async () => {
    const config =
      "\r\n; top\r\n[profile a]\r\ns3 =\r\n    max = 1\r\n[default]\r\nregion = x # y\r\n";
    home.write(".aws/config", config);
    await letme(["obtain", "example1"]);
    const written = home.read(".aws/config") ?? "";
    expect(written.startsWith(config)).toBe(true);
    expect(written.slice(config.length)).toBe(
      "#s-example1\r\n#managed by letme\r\n#account 000000000001 context general\r\n[profile example1]\r\nregion = eu-west-1\r\noutput = json\r\n#e-example1\r\n",
    );
    await letme(["remove", "example1"]);
    expect(home.read(".aws/config")).toBe(config);
  });

  test("the blocks of the Go letme are replaced where they stand", async () => {
    const own = home.read(".aws/credentials") ?? "";
    home.write(
      ".aws/credentials",
      `#s-example1\n#Nov 22, 2020 23:22:40;t\n[example1]\naws_access_key_id = ASIAOLD\naws_secret_access_key = old\naws_session_token = old\n#e-example1\n${own}`,
    );
    home.write(
      ".aws/config",
      "#s-example1\n#managed by letme\n[profile example1]\nregion = us-east-1\noutput = json\ncli_pager =\n#e-example1\n",
    );
    expect((await letme(["list", "-l"])).stdout).toMatch(
      /example1 .* 2020-11-22 23:22:40 .*true,true/,
    );
    expect((await letme(["obtain", "example1"])).exitCode).toBe(0);
    const credentials = home.read(".aws/credentials") ?? "";
    expect(credentials).toStartWith("#s-example1\n");
    expect(credentials).toEndWith(own);
    expect(credentials).not.toContain("ASIAOLD");
    expect(home.read(".aws/config")).toBe(
      "#s-example1\n#managed by letme\n#account 000000000001 context general\n[profile example1]\nregion = eu-west-1\noutput = json\ncli_pager =\n#e-example1\n",
    );
  });

  test("an output that the user set stays when the profile is removed", async () => {
    await letme(["obtain", "example1"]);
    const config = home.read(".aws/config") ?? "";
    home.write(".aws/config", config.replace("output = json", "output = table"));
    expect((await letme(["obtain", "example1", "--renew"])).exitCode).toBe(0);
    const { stderr } = await letme(["remove", "example1"]);
    expect(stderr).toContain("keeps the settings that are not letme's");
    expect(home.read(".aws/config")).toContain("[profile example1]\noutput = table\n");
    const again = await letme(["remove", "example1"]);
    expect(again.stderr).toContain("letme: nothing of letme's was left to remove.");
  });

  test.if(process.geteuid?.() === 0)("what root makes in a user's home is the user's", async () => {
    const nobody = 65_534;
    for (const path of [home.path, join(home.path, ".letme")]) chownSync(path, nobody, nobody);
    rmSync(join(home.path, ".aws"), { recursive: true });
    const keys = {
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    };
    home.write(
      ".letme/letme-config",
      home.read(".letme/letme-config")?.replace(/^.*source_profile =.*$/m, "") ?? "",
    );
    for (const args of [
      ["obtain", "example1"],
      ["init"],
      ["export", "example2", "--format", "env"],
    ]) {
      expect((await letme(args, keys)).exitCode).toBe(0);
    }
    for (const folder of [".aws", ".letme"]) {
      for (const name of ["", ...readdirSync(join(home.path, folder))]) {
        // The test itself wrote this one.
        if (name === "letme-config") continue;
        expect([name, statSync(join(home.path, folder, name)).uid]).toEqual([name, nobody]);
      }
    }
  });

  test("a variable in the path of a file is told, and no folder of its name is made", async () => {
    const path = join(home.path, "$HOME/aws/c");
    const { exitCode, stderr } = await letme(["obtain", "example1"], { AWS_CONFIG_FILE: path });
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`letme: \`AWS_CONFIG_FILE\` is \`${path}\`: some AWS tools put`);
    expect(readdirSync(home.path)).not.toContain("$HOME");
    home.write("$HOME/aws/c", "");
    expect((await letme(["obtain", "example1"], { AWS_CONFIG_FILE: path })).exitCode).toBe(0);
    expect(home.read("$HOME/aws/c")).toContain("[profile example1]");
  });

  test("what would win over the new keys is told", async () => {
    home.write(
      ".aws/config",
      "#s-example1\n#managed by letme\n[profile example1]\nregion = us-east-1\nrole_arn = arn:aws:iam::000000000001:role/x\nsource_profile = default\n#e-example1\n",
    );
    const { stderr, exitCode } = await letme(["obtain", "example1"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: .*role_arn/m);
  });

  test("a file that breaks an SDK is told of, with its line, and harmed no further", async () => {
    home.write(".aws/config", "[profile a]\nregion = x\n[profile a]\nregion = y\n");
    const { stderr, exitCode } = await letme(["obtain", "example1"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: .*config.*:3/m);
    expect(home.read(".aws/config")).toStartWith(
      "[profile a]\nregion = x\n[profile a]\nregion = y\n",
    );
  });

  test.each([
    [".aws/credentials", "\u00a0[example1]\naws_access_key_id = AKIAMINE\n"],
    [".aws/config", "[profile\u3000example1]\nregion = x\n"],
  ])("a profile of the user's stays one, whatever blank its header has: %s", async (file, text) => {
    const path = join(home.path, file);
    home.write(file, `${home.read(file) ?? ""}${text}`);
    const before = [home.read(".aws/config"), home.read(".aws/credentials")];
    const { stderr, exitCode } = await letme(["obtain", "example1"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^letme: profile \`example1\` in \`${path}:\\d+\` is not letme's; it stays as it is$`,
        "m",
      ),
    );
    expect([home.read(".aws/config"), home.read(".aws/credentials")]).toEqual(before);
  });

  test("a block that somebody took apart is refused, with its line", async () => {
    home.write(".aws/config", "#s-example1\n#managed by letme\n[profile example1]\nregion = x\n");
    const { stderr, exitCode } = await letme(["obtain", "example1"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/config:\d/);
    expect(standIn.log.of("sts", "AssumeRole")).toEqual([]);
  });
});

describe("--dry-run", () => {
  test("of obtain shows the change, hides secrets, asks AWS for no credentials, writes nothing", async () => {
    await letme(["obtain", "example1"]);
    const before = [home.read(".aws/credentials"), home.read(".aws/config")];
    standIn.log.clear();
    const { exitCode, stdout, stderr } = await letme([
      "obtain",
      "example2",
      "--profile",
      "example1",
      "--dry-run",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("-region = eu-west-1\n+region = us-east-1\n");
    expect(stdout).toContain("aws_secret_access_key = ****");
    expect(stderr).toContain("letme: a dry run, nothing was written.");
    expect(standIn.log.of("sts", "AssumeRole")).toEqual([]);
    expect([home.read(".aws/credentials"), home.read(".aws/config")]).toEqual(before);
    for (const line of before[0]?.matchAll(/^aws_\w+ = (\S+)$/gm) ?? []) {
      expect(stdout).not.toContain(line[1] ?? "");
    }
  });

  test("of remove", async () => {
    await letme(["obtain", "example1"]);
    const before = home.read(".aws/config");
    const { exitCode, stdout } = await letme(["remove", "example1", "--dry-run"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("-[profile example1]\n");
    expect(home.read(".aws/config")).toBe(before as string);
  });
});

test("--profile writes under another name", async () => {
  const { exitCode, stderr } = await letme(["obtain", "example1", "--profile", "work"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    "letme: use the argument '--profile work' to interact with the account.",
  );
  expect(home.read(".aws/config")).toContain(
    "#s-work\n#managed by letme\n#account 000000000001 context general\n[profile work]\n",
  );
  expect(home.read(".aws/config")).not.toContain("example1");
  expect((await letme(["list", "--local"])).stdout).toMatch(/^work +eu-west-1 .*true,true$/m);
  const { otherProfiles } = JSON.parse((await letme(["list", "-o", "json"])).stdout);
  expect(otherProfiles).toEqual([
    {
      name: "work",
      region: "eu-west-1",
      local: expect.objectContaining({ configFile: home.awsConfig }),
    },
  ]);
  // An account that a filter leaves out is not another profile.
  const filtered = JSON.parse((await letme(["list", "-o", "json", "--filter", "x"])).stdout);
  expect(filtered).toMatchObject({ items: [], otherProfiles: [] });
});

test("a source that letme itself wrote is told", async () => {
  settleIn(home, { aws_source_profile: "" });
  await letme(["obtain", "example2"]);
  const { stderr } = await letme(["list"], { AWS_PROFILE: "example2" });
  expect(stderr).toContain("warning: the source is the profile `example2` (from AWS_PROFILE)");
});

const strace = process.platform === "linux" ? Bun.which("strace") : null;

describe.if(strace !== null)("the disk says no", () => {
  // Each is a list of system calls that fail, and the how-manieth of its name it is.
  const moments: readonly (readonly [string, ...string[]])[] = [
    ["fchmod", "1"],
    ["fchmod", "2"],
    ["fsync", "1"],
    ["fsync", "2"],
    // The swap of the config file and the rename in its place; then those of the credentials.
    ["renameat2", "1", "rename", "1"],
    ["renameat2", "2", "rename", "1"],
  ];
  const cases = ["ENOSPC", "EDQUOT", "EIO", "EROFS"].flatMap((errno) =>
    moments.map((moment) => [errno, moment.join(" "), moment] as const),
  );

  test.each(cases)("%s at %s: an error, and both files as before", async (errno, _, moment) => {
    home.write(".aws/config", "[profile mine]\nregion = eu-west-3\n");
    home.write(".letme/state.json", '{"version":1}\n');
    const before = [home.read(".aws/credentials"), home.read(".aws/config")];
    const injections: string[] = [];
    for (let index = 0; index < moment.length; index += 2) {
      injections.push("-e", `inject=${moment[index]}:error=${errno}:when=${moment[index + 1]}`);
    }
    const trace = [
      "-f",
      "--seccomp-bpf",
      "-o",
      "/dev/null",
      "-e",
      "trace=fchmod,fsync,rename,renameat2",
    ];
    const { exitCode, stderr } = await startProgram(
      [strace ?? "strace", ...trace, ...injections, letmeBinary(), "obtain", "example1"],
      { home, environment: standIn.environment },
    ).result;
    expect(stderr).toContain(`(${errno})`);
    expect(stderr).toMatch(/^hint: /m);
    expect(exitCode).toBe(1);
    expect([home.read(".aws/credentials"), home.read(".aws/config")]).toEqual(before);
    expect(readdirSync(join(home.path, ".aws")).sort()).toEqual(["config", "credentials"]);
  });
});

test("a profile that letme wrote is no matter where the environment has keys", async () => {
  settleIn(home, { aws_source_profile: "" });
  await letme(["obtain", "example2"]);
  const keys = {
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  };
  const { stderr, exitCode } = await letme(["list"], { AWS_PROFILE: "example2", ...keys });
  expect([stderr, exitCode]).toEqual(["", 0]);
  const named = await letme(["list", "--source-profile", "default"], { AWS_PROFILE: "example2" });
  expect([named.stderr, named.exitCode]).toEqual(["", 0]);
});
