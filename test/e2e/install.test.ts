import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { letmeBinary } from "../support/letme-binary.ts";
import { settleIn, startOrganisation } from "../support/organisation.ts";
import {
  archiveOf,
  checksumLine,
  type ReleaseServer,
  startReleaseServer,
} from "../support/release-server.ts";
import { type Home, newHome, startProgram } from "../support/run-letme.ts";

const installer = join(import.meta.dir, "../../install.sh");
const archive = "letme_9.9.9_linux_amd64.tar.gz";
const fake = archiveOf("#!/bin/sh\necho 'letme 9.9.9 (fake)'\n");

let home: Home;
let server: ReleaseServer;

beforeEach(() => {
  home = newHome();
  server = startReleaseServer();
  release(archive, fake);
  // One machine for all tests, whatever they run on; and nobody who is logged in to GitHub.
  program("uname", 'case $1 in -s) echo "$FAKE_SYSTEM" ;; *) echo "$FAKE_CPU" ;; esac');
  program("ldd", 'echo "$FAKE_LDD"');
  program("getconf", 'echo "$FAKE_BITS"');
  program("sysctl", 'echo "$FAKE_TRANSLATED"');
  program("gh", 'if [ "$1" = auth ]; then exit "$FAKE_GH_AUTH"; fi; exit "$FAKE_GH_VERIFY"');
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  home.dispose();
});

/** Puts a release of one archive on the server, as the latest and under its version. */
function release(name: string, content: Uint8Array, sums = checksumLine(name, content)): void {
  server.put("latest/download/checksums.txt", sums);
  server.put("download/v9.9.9/checksums.txt", sums);
  server.put(`download/v9.9.9/${name}`, content);
}

/** Puts a program before those of the machine. */
function program(name: string, script: string): void {
  chmodSync(home.write(`tools/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
}

/** What the programs before those of the machine say. */
const machine = {
  FAKE_SYSTEM: "Linux",
  FAKE_CPU: "x86_64",
  FAKE_LDD: "ldd (GNU libc) 2.36",
  FAKE_BITS: "64",
  FAKE_TRANSLATED: "0",
  FAKE_GH_AUTH: "1",
  FAKE_GH_VERIFY: "1",
} as const;

const path = () => `${join(home.path, "tools")}:/usr/bin:/bin`;

async function install(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string | undefined>> = {},
  shell: readonly string[] = ["/bin/sh"],
) {
  const run = startProgram([...shell, installer, ...args], {
    home,
    environment: { PATH: path(), LETME_INSTALL_URL: server.url, ...machine, ...environment },
  });
  return run.result;
}

const installed = () => join(home.path, ".local/bin/letme");

/** Nothing was installed, and nothing was left behind. */
function expectNothing(): void {
  const folder = join(home.path, ".local/bin");
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
}

const shells = [["dash"], ["bash"], ["busybox", "sh"]].filter(([name = ""]) => Bun.which(name));

const needs = [["curl", "wget"], ["sha256sum", "shasum", "openssl"], ["tar"], ["gzip"]];
const canInstall = needs.every((programs) => programs.some((name) => Bun.which(name) !== null));

// What it installs on Windows and macOS differs by what `uname` says, which the tests say.
describe.if(process.platform !== "win32" && canInstall)("install.sh", () => {
  describe.each(shells)("%s %s", (...words) => {
    const shell = words.map((word, index) => (index === 0 ? (Bun.which(word) ?? word) : word));

    test("installs what has the right checksum", async () => {
      const { exitCode, stdout, stderr } = await install([], {}, shell);
      expect(stderr).toContain("Downloading letme 9.9.9");
      expect(stderr).toContain(`Installed letme 9.9.9 (fake) to ${installed()}`);
      expect(stderr).toContain(`export PATH="${join(home.path, ".local/bin")}:$PATH"`);
      expect([exitCode, stdout]).toEqual([0, ""]);
      expect(readdirSync(join(home.path, ".local/bin"))).toEqual(["letme"]);
    });

    test("refuses a wrong checksum", async () => {
      release(archive, fake, checksumLine(archive, Buffer.from("another")));
      const { exitCode, stderr } = await install([], {}, shell);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`the SHA-256 of ${archive} is not that of the release`);
      expectNothing();
    });

    test.each([
      ["no checksums.txt", undefined, "checksums.txt cannot be downloaded"],
      [
        "none of this archive",
        "",
        "the release has no archive for this machine (*_linux_amd64.tar.gz)",
      ],
      ["one that is too short", `abc  ${archive}\n`, "checksums.txt is damaged"],
      ["one that is no hash", `${"x".repeat(64)}  ${archive}\n`, "checksums.txt is damaged"],
      ["two", checksumLine(archive, fake).repeat(2), "two archives"],
      [
        "a hostile name",
        `${"a".repeat(64)}  letme_../../x_linux_amd64.tar.gz\n`,
        "checksums.txt is damaged",
      ],
    ])("refuses a missing checksum: %s", async (_, sums, message) => {
      if (sums === undefined) server.remove("latest/download/checksums.txt");
      else release(archive, fake, sums);
      const { exitCode, stderr } = await install([], {}, shell);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(message);
      expectNothing();
    });
  });

  test("installs this machine's binary, and it does the main job", async () => {
    const real = archiveOf(readFileSync(letmeBinary()));
    release(archive, real);
    const standIn = await startOrganisation();
    try {
      expect((await install()).exitCode).toBe(0);
      settleIn(home);
      const run = startProgram([installed(), "obtain", "example1"], {
        home,
        environment: standIn.environment,
      });
      const { exitCode, stderr } = await run.result;
      expect(stderr).toContain("--profile example1");
      expect(exitCode).toBe(0);
      expect(home.read(".aws/credentials")).toContain("[example1]");
    } finally {
      await standIn.stop();
    }
  });

  test("--dir and --version", async () => {
    server.remove("latest/download/checksums.txt");
    const dir = join(home.path, "a folder");
    const { exitCode, stderr } = await install(["--dir", dir, "--version=v9.9.9"], {
      PATH: `${path()}:${dir}`,
    });
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain("is not in your PATH");
    expect(readdirSync(dir)).toEqual(["letme"]);
    expect(server.asked).toEqual(["/download/v9.9.9/checksums.txt", `/download/v9.9.9/${archive}`]);
  });

  test("from a pipe", async () => {
    const run = startProgram(["/bin/sh", "-s", "--", "--version", "9.9.9"], {
      home,
      environment: { PATH: path(), LETME_INSTALL_URL: server.url, ...machine },
      stdin: readFileSync(installer, "utf8"),
    });
    expect((await run.result).exitCode).toBe(0);
    expect(existsSync(installed())).toBe(true);
  });

  test("replaces an older one, by a rename", async () => {
    home.write(".local/bin/letme", "old");
    expect((await install()).exitCode).toBe(0);
    expect(home.read(".local/bin/letme")).toContain("9.9.9");
  });

  test.each<[Record<string, string>, string]>([
    [{}, "linux_amd64.tar.gz"],
    [{ FAKE_CPU: "aarch64" }, "linux_arm64.tar.gz"],
    [{ FAKE_LDD: "musl libc (x86_64)" }, "linux_amd64_musl.tar.gz"],
    [{ FAKE_SYSTEM: "Darwin" }, "darwin_amd64.tar.gz"],
    [{ FAKE_SYSTEM: "Darwin", FAKE_CPU: "arm64" }, "darwin_arm64.tar.gz"],
    [{ FAKE_SYSTEM: "Darwin", FAKE_TRANSLATED: "1" }, "darwin_arm64.tar.gz"],
    [{ FAKE_SYSTEM: "MINGW64_NT-10.0-22631" }, "windows_amd64.zip"],
  ])("%j is %s", async (environment, suffix) => {
    const name = `letme_9.9.9_${suffix}`;
    program("unzip", `cp "$3" "$6/$4"; chmod 755 "$6/$4"`);
    const zip = Buffer.from("#!/bin/sh\necho letme 9.9.9\n");
    release(name, suffix.endsWith("zip") ? zip : fake);
    const { exitCode, stderr } = await install([], environment);
    expect(stderr).toContain(`Downloading letme 9.9.9 (${name})`);
    expect(exitCode).toBe(0);
  });

  test.each<[string, readonly string[], Record<string, string | undefined>, number, string]>([
    ["another system", [], { FAKE_SYSTEM: "FreeBSD" }, 1, "no letme for FreeBSD"],
    ["another CPU", [], { FAKE_CPU: "riscv64" }, 1, "no letme for the CPU riscv64"],
    ["32 bits", [], { FAKE_BITS: "32" }, 1, "no letme for 32-bit systems"],
    ["no HOME", [], { HOME: undefined }, 1, "HOME is not set"],
    ["no such release", ["--version", "1.0"], {}, 1, "is 1.0 a release?"],
    ["a version that is none", ["--version", "../x"], {}, 2, "../x is no version"],
    ["an option without a value", ["--dir"], {}, 2, "--dir needs a value"],
    ["an unknown option", ["--sudo"], {}, 2, "unknown option --sudo"],
    ["a folder that cannot be", ["--dir", "/dev/null/x"], {}, 1, "cannot be made"],
    [
      "a server that is not there",
      [],
      { LETME_INSTALL_URL: "http://127.0.0.1:1" },
      1,
      "cannot be downloaded",
    ],
  ])("%s: clear words, and nothing installed", async (_, args, environment, code, message) => {
    const { exitCode, stdout, stderr } = await install(args, environment);
    expect(stderr).toContain(message);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expectNothing();
  });

  test("a binary that does not run is not installed; on musl the missing library is named", async () => {
    const broken = archiveOf("#!/bin/sh\necho 'Error loading libstdc++.so.6' >&2\nexit 127\n");
    const name = "letme_9.9.9_linux_amd64_musl.tar.gz";
    release(name, broken);
    const { exitCode, stderr } = await install([], { FAKE_LDD: "musl libc (x86_64)" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "does not run on this machine: nothing was installed\n  Error loading",
    );
    expect(stderr).toContain("apk add libstdc++");
    expectNothing();
  });

  test("an archive without the binary, or none at all, is refused", async () => {
    for (const content of [archiveOf("x", "other"), Buffer.from("no archive")]) {
      release(archive, content);
      const { exitCode, stderr } = await install();
      expect(stderr).toContain("cannot be unpacked");
      expect(exitCode).toBe(1);
      expectNothing();
    }
  });

  test("the attestation counts where gh is logged in", async () => {
    const refused = await install([], { FAKE_GH_AUTH: "0" });
    expect(refused.stderr).toContain("the attestation of");
    expect(refused.exitCode).toBe(1);
    expectNothing();
    const verified = await install([], { FAKE_GH_AUTH: "0", FAKE_GH_VERIFY: "0" });
    expect(verified.stderr).toContain("SHA-256 and attestation are right");
    expect(verified.exitCode).toBe(0);
  });

  test.each(["curl", "wget"])("with %s alone", async (fetcher) => {
    const only = join(home.path, "only");
    mkdirSync(only);
    const needed = [
      "sh",
      "mktemp",
      "mkdir",
      "rm",
      "mv",
      "chmod",
      "tar",
      "gzip",
      "sha256sum",
      "sed",
    ];
    for (const name of [...needed, fetcher]) {
      const found = Bun.which(name, { PATH: "/usr/bin:/bin" });
      // A machine without the other one cannot say anything here.
      if (found === null) return;
      symlinkSync(found, join(only, name));
    }
    const { exitCode, stderr } = await install([], { PATH: `${join(home.path, "tools")}:${only}` });
    expect(stderr).toContain("Installed letme 9.9.9");
    expect(exitCode).toBe(0);
  });

  test("without curl and wget", async () => {
    const { exitCode, stderr } = await install([], { PATH: join(home.path, "tools") });
    expect(stderr).toContain("neither curl nor wget is there");
    expect(exitCode).toBe(1);
  });

  test("a download that breaks off runs nothing", async () => {
    const text = readFileSync(installer, "utf8");
    for (const share of [0.3, 0.6, 0.95]) {
      const run = startProgram(["/bin/sh"], {
        home,
        environment: { PATH: path(), LETME_INSTALL_URL: server.url },
        stdin: text.slice(0, Math.floor(text.length * share)),
      });
      await run.result;
      expect(server.asked).toEqual([]);
      expectNothing();
    }
  });

  test.if(Bun.which("shellcheck") !== null)("shellcheck finds nothing", async () => {
    const run = startProgram([Bun.which("shellcheck") ?? "", installer], { home });
    expect((await run.result).stdout).toBe("");
  });
});
