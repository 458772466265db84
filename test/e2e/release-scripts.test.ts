import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, cpSync } from "node:fs";
import { join } from "node:path";
import { archiveNames, version } from "../../scripts/release/names.ts";
import { root } from "../../scripts/steps.ts";
import { canInstall, newInstallMachine } from "../support/install-machine.ts";
import { archiveOf, checksumLine } from "../support/release-server.ts";
import { type Home, newHome, startProgram } from "../support/run-letme.ts";

describe.if(canInstall)("the setup-letme action", () => {
  const script = join(root, ".github/actions/setup-letme/setup.sh");
  const name = archiveNames("linux-x64")[0];
  const fake = archiveOf(`#!/bin/sh\necho 'letme ${version}'\n`);

  test("installs the version of its own tag once, and puts it into the PATH", async () => {
    await using machine = newInstallMachine();
    const { home, server } = machine;
    server.put(`download/v${version}/checksums.txt`, checksumLine(name, fake));
    server.put(`download/v${version}/${name}`, fake);
    const environment = {
      ...machine.environment,
      RUNNER_TOOL_CACHE: join(home.path, "cache"),
      RUNNER_ARCH: "X64",
      GITHUB_PATH: home.write("path", ""),
      GITHUB_OUTPUT: home.write("output", ""),
    };
    const setUp = (INPUT_VERSION: string) =>
      startProgram(["/bin/sh", script], { home, environment: { ...environment, INPUT_VERSION } })
        .result;
    for (const stated of ["", `v${version}`]) {
      const { exitCode, stdout } = await setUp(stated);
      expect(stdout).toBe(`letme ${version}\n`);
      expect(exitCode).toBe(0);
    }
    expect(server.asked.length).toBe(2);
    const dir = join(home.path, "cache/letme", version, "X64");
    expect(home.read("path")).toBe(`${dir}\n${dir}\n`);
    expect(home.read("output")).toBe(`version=${version}\n`.repeat(2));
    const hostile = await setUp("../../x");
    expect(hostile.stdout).toContain("is no version");
    expect(hostile.exitCode).toBe(1);
  });
});

describe.if(process.platform === "linux" && Bun.which("sha256sum") !== null)("publish.sh", () => {
  const content = Buffer.from("content");
  let home: Home;
  beforeEach(() => {
    home = newHome();
  });
  afterEach(() => home.dispose());

  const publish = (script: string) =>
    startProgram(["/bin/sh", script, "v1.2.3"], {
      home,
      environment: { PATH: `${join(home.path, "tools")}:/usr/bin:/bin` },
    }).result;

  function stage(sums = checksumLine("letme_a", content)): string {
    cpSync(join(root, "scripts/publish.sh"), join(home.path, "scripts/publish.sh"));
    home.write("dist/letme_a", content);
    home.write("dist/checksums.txt", sums);
    // GitHub: a folder of uploads, and a log of what was asked.
    const gh = home.write(
      "tools/gh",
      `#!/bin/sh
echo "$*" >> "$HOME/log"
case "$1 $2" in
  "release view") test -e "$HOME/there" ;;
  "release create") mkdir "$HOME/uploads" && cp checksums.txt letme_a "$HOME/uploads" ;;
  "release download") cp "$HOME"/uploads/* "$5"; if [ -e "$HOME/damage" ]; then echo x > "$5/letme_a"; fi ;;
esac
`,
    );
    chmodSync(gh, 0o755);
    return join(home.path, "scripts/publish.sh");
  }
  const log = () => home.read("log")?.trimEnd().split("\n") ?? [];

  test("makes a draft, looks at what was uploaded, and publishes it", async () => {
    const { exitCode, stdout } = await publish(stage());
    expect(stdout).toContain("v1.2.3 is released, with 2 files");
    expect(exitCode).toBe(0);
    expect(log()[1]).toMatch(/^release create v1\.2\.3 --draft .* checksums\.txt letme_a$/);
    expect(log().at(-1)).toBe("release edit v1.2.3 --draft=false --latest");
  });

  test("never publishes twice, nor what is damaged here or there", async () => {
    const script = stage(checksumLine("letme_a", Buffer.from("another")));
    expect((await publish(script)).exitCode).not.toBe(0);
    stage();
    home.write("damage", "");
    expect((await publish(script)).exitCode).not.toBe(0);
    home.write("there", "");
    const again = await publish(script);
    expect(again.stderr).toContain("is released already");
    expect(again.exitCode).toBe(1);
    expect(log().join("\n")).not.toContain("--draft=false");
  });
});
