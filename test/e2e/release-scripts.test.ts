import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, cpSync } from "node:fs";
import { join } from "node:path";
import packageFile from "../../package.json";
import { archiveNames } from "../../scripts/release/names.ts";
import { root } from "../../scripts/steps.ts";
import { archiveOf, checksumLine, startReleaseServer } from "../support/release-server.ts";
import { type Home, newHome, startProgram } from "../support/run-letme.ts";

const { version } = packageFile;
const canRun = process.platform === "linux" && (Bun.which("curl") ?? Bun.which("wget")) !== null;

let home: Home;
beforeEach(() => {
  home = newHome();
});
afterEach(() => home.dispose());

function program(name: string, script: string): void {
  chmodSync(home.write(`tools/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
}

function run(script: string, args: readonly string[], environment: Record<string, string>) {
  return startProgram(["/bin/sh", script, ...args], {
    home,
    environment: { PATH: `${join(home.path, "tools")}:/usr/bin:/bin`, ...environment },
  }).result;
}

describe.if(canRun)("the setup-letme action", () => {
  const script = join(root, ".github/actions/setup-letme/setup.sh");
  const name = archiveNames("linux-x64")[0];
  const fake = archiveOf(`#!/bin/sh\necho 'letme ${version}'\n`);

  test("installs the version of its own tag once, and puts it into the PATH", async () => {
    await using server = startReleaseServer();
    server.put(`download/v${version}/checksums.txt`, checksumLine(name, fake));
    server.put(`download/v${version}/${name}`, fake);
    program("uname", 'if [ "$1" = -s ]; then echo Linux; else echo x86_64; fi');
    program("ldd", "echo GLIBC");
    program("gh", "exit 1");
    const environment = {
      LETME_INSTALL_URL: server.url,
      RUNNER_TOOL_CACHE: join(home.path, "cache"),
      RUNNER_ARCH: "X64",
      GITHUB_PATH: home.write("path", ""),
      GITHUB_OUTPUT: home.write("output", ""),
    };
    for (const INPUT_VERSION of ["", `v${version}`]) {
      const { exitCode, stdout } = await run(script, [], { ...environment, INPUT_VERSION });
      expect(stdout).toBe(`letme ${version}\n`);
      expect(exitCode).toBe(0);
    }
    expect(server.asked.length).toBe(2);
    const dir = join(home.path, "cache/letme", version, "X64");
    expect(home.read("path")).toBe(`${dir}\n${dir}\n`);
    expect(home.read("output")).toBe(`version=${version}\n`.repeat(2));
    const hostile = await run(script, [], { ...environment, INPUT_VERSION: "../../x" });
    expect(hostile.stdout).toContain("is no version");
    expect(hostile.exitCode).toBe(1);
  });
});

describe.if(process.platform === "linux" && Bun.which("sha256sum") !== null)("publish.sh", () => {
  const content = Buffer.from("content");

  function stage(sums = checksumLine("letme_a", content)): string {
    cpSync(join(root, "scripts/publish.sh"), join(home.path, "scripts/publish.sh"));
    home.write("dist/letme_a", content);
    home.write("dist/checksums.txt", sums);
    // GitHub: a folder of uploads, and a log of what was asked.
    program(
      "gh",
      `echo "$*" >> "$HOME/log"
case "$1 $2" in
  "release view") test -e "$HOME/there" ;;
  "release create") mkdir "$HOME/uploads" && cp checksums.txt letme_a "$HOME/uploads" ;;
  "release download") cp "$HOME"/uploads/* "$5"; if [ -e "$HOME/damage" ]; then echo x > "$5/letme_a"; fi ;;
esac`,
    );
    return join(home.path, "scripts/publish.sh");
  }
  const log = () => home.read("log")?.trimEnd().split("\n") ?? [];

  test("makes a draft, looks at what was uploaded, and publishes it", async () => {
    const { exitCode, stdout } = await run(stage(), ["v1.2.3"], {});
    expect(stdout).toContain("v1.2.3 is released, with 2 files");
    expect(exitCode).toBe(0);
    expect(log()[1]).toMatch(/^release create v1\.2\.3 --draft .* checksums\.txt letme_a$/);
    expect(log().at(-1)).toBe("release edit v1.2.3 --draft=false --latest");
  });

  test("never publishes twice, nor what is damaged here or there", async () => {
    const script = stage(checksumLine("letme_a", Buffer.from("another")));
    expect((await run(script, ["v1.2.3"], {})).exitCode).not.toBe(0);
    stage();
    home.write("damage", "");
    expect((await run(script, ["v1.2.3"], {})).exitCode).not.toBe(0);
    home.write("there", "");
    const again = await run(script, ["v1.2.3"], {});
    expect(again.stderr).toContain("is released already");
    expect(again.exitCode).toBe(1);
    expect(log().join("\n")).not.toContain("--draft=false");
  });
});
