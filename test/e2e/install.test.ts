import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  archive,
  canInstall,
  fakeArchive,
  type InstallMachine,
  installer,
  newInstallMachine,
} from "../support/install-machine.ts";
import { letmeBinary } from "../support/letme-binary.ts";
import { settleIn, startOrganisation } from "../support/organisation.ts";
import { archiveOf, checksumLine } from "../support/release-server.ts";
import { startProgram } from "../support/run-letme.ts";

let machine: InstallMachine;

beforeEach(() => {
  machine = newInstallMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

const shells = [["dash"], ["bash"], ["busybox", "sh"]].filter(([name = ""]) => Bun.which(name));

// What it installs on Windows and macOS differs by what `uname` says, which the tests say.
describe.if(canInstall)("install.sh", () => {
  describe.each(shells)("%s %s", (...words) => {
    const shell = words.map((word, index) => (index === 0 ? (Bun.which(word) ?? word) : word));

    test("installs what has the right checksum", async () => {
      const { exitCode, stdout, stderr } = await machine.install([], {}, shell);
      expect(stderr).toContain("Downloading letme 9.9.9");
      expect(stderr).toContain(`Installed letme 9.9.9 (fake) to ${machine.installed}`);
      expect(stderr).toContain(`export PATH="${join(machine.home.path, ".local/bin")}:$PATH"`);
      expect([exitCode, stdout]).toEqual([0, ""]);
      expect(readdirSync(join(machine.home.path, ".local/bin"))).toEqual(["letme"]);
    });

    test("refuses a wrong checksum", async () => {
      machine.release(archive, fakeArchive, checksumLine(archive, Buffer.from("another")));
      const { exitCode, stderr } = await machine.install([], {}, shell);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`the SHA-256 of ${archive} is not that of the release`);
      expect(machine.left()).toEqual([]);
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
      ["two", checksumLine(archive, fakeArchive).repeat(2), "two archives"],
      [
        "a hostile name",
        `${"a".repeat(64)}  letme_../../x_linux_amd64.tar.gz\n`,
        "checksums.txt is damaged",
      ],
    ])("refuses a missing checksum: %s", async (_, sums, message) => {
      if (sums === undefined) machine.server.remove("latest/download/checksums.txt");
      else machine.release(archive, fakeArchive, sums);
      const { exitCode, stderr } = await machine.install([], {}, shell);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(message);
      expect(machine.left()).toEqual([]);
    });
  });

  test("installs this machine's binary, and it does the main job", async () => {
    const real = archiveOf(readFileSync(letmeBinary()));
    machine.release(archive, real);
    const standIn = await startOrganisation();
    try {
      expect((await machine.install()).exitCode).toBe(0);
      settleIn(machine.home);
      const run = startProgram([machine.installed, "obtain", "example1"], {
        home: machine.home,
        environment: standIn.environment,
      });
      const { exitCode, stderr } = await run.result;
      expect(stderr).toContain("--profile example1");
      expect(exitCode).toBe(0);
      expect(machine.home.read(".aws/credentials")).toContain("[example1]");
    } finally {
      await standIn.stop();
    }
  });

  test("--dir and --version", async () => {
    machine.server.remove("latest/download/checksums.txt");
    const dir = join(machine.home.path, "a folder");
    const { exitCode, stderr } = await machine.install(["--dir", dir, "--version=v9.9.9"], {
      PATH: `${machine.environment["PATH"]}:${dir}`,
    });
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain("is not in your PATH");
    expect(readdirSync(dir)).toEqual(["letme"]);
    expect(machine.server.asked).toEqual([
      "/download/v9.9.9/checksums.txt",
      `/download/v9.9.9/${archive}`,
    ]);
  });

  test("from a pipe", async () => {
    const run = startProgram(["/bin/sh", "-s", "--", "--version", "9.9.9"], {
      home: machine.home,
      environment: machine.environment,
      stdin: readFileSync(installer, "utf8"),
    });
    expect((await run.result).exitCode).toBe(0);
    expect(existsSync(machine.installed)).toBe(true);
  });

  test("replaces an older one, by a rename", async () => {
    machine.home.write(".local/bin/letme", "old");
    expect((await machine.install()).exitCode).toBe(0);
    expect(machine.home.read(".local/bin/letme")).toContain("9.9.9");
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
    machine.program("unzip", `cp "$3" "$6/$4"; chmod 755 "$6/$4"`);
    const zip = Buffer.from("#!/bin/sh\necho letme 9.9.9\n");
    machine.release(name, suffix.endsWith("zip") ? zip : fakeArchive);
    const { exitCode, stderr } = await machine.install([], environment);
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
    const { exitCode, stdout, stderr } = await machine.install(args, environment);
    expect(stderr).toContain(message);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(machine.left()).toEqual([]);
  });

  test("a binary that does not run is not installed; on musl the missing library is named", async () => {
    const broken = archiveOf("#!/bin/sh\necho 'Error loading libstdc++.so.6' >&2\nexit 127\n");
    const name = "letme_9.9.9_linux_amd64_musl.tar.gz";
    machine.release(name, broken);
    const { exitCode, stderr } = await machine.install([], { FAKE_LDD: "musl libc (x86_64)" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "does not run on this machine: nothing was installed\n  Error loading",
    );
    expect(stderr).toContain("apk add libstdc++");
    expect(machine.left()).toEqual([]);
  });

  test("an archive without the binary, or none at all, is refused", async () => {
    for (const content of [archiveOf("x", "other"), Buffer.from("no archive")]) {
      machine.release(archive, content);
      const { exitCode, stderr } = await machine.install();
      expect(stderr).toContain("cannot be unpacked");
      expect(exitCode).toBe(1);
      expect(machine.left()).toEqual([]);
    }
  });

  test("the attestation counts where gh is logged in", async () => {
    const refused = await machine.install([], { FAKE_GH_AUTH: "0" });
    expect(refused.stderr).toContain("the attestation of");
    expect(refused.exitCode).toBe(1);
    expect(machine.left()).toEqual([]);
    const verified = await machine.install([], { FAKE_GH_AUTH: "0", FAKE_GH_VERIFY: "0" });
    expect(verified.stderr).toContain("SHA-256 and attestation are right");
    expect(verified.exitCode).toBe(0);
  });

  test.each(["curl", "wget"])("with %s alone", async (fetcher) => {
    const only = join(machine.home.path, "only");
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
    const { exitCode, stderr } = await machine.install([], {
      PATH: `${join(machine.home.path, "tools")}:${only}`,
    });
    expect(stderr).toContain("Installed letme 9.9.9");
    expect(exitCode).toBe(0);
  });

  test("without curl and wget", async () => {
    const { exitCode, stderr } = await machine.install([], {
      PATH: join(machine.home.path, "tools"),
    });
    expect(stderr).toContain("neither curl nor wget is there");
    expect(exitCode).toBe(1);
  });

  test("a download that breaks off runs nothing", async () => {
    const text = readFileSync(installer, "utf8");
    for (const share of [0.3, 0.6, 0.95]) {
      const run = startProgram(["/bin/sh"], {
        home: machine.home,
        environment: machine.environment,
        stdin: text.slice(0, Math.floor(text.length * share)),
      });
      await run.result;
      expect(machine.server.asked).toEqual([]);
      expect(machine.left()).toEqual([]);
    }
  });
});
