import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { targets } from "../../scripts/build-targets.ts";
import { bundledPackages } from "../../scripts/release/bundled.ts";
import { renderFormula } from "../../scripts/release/formula.ts";
import { thirdPartyLicences } from "../../scripts/release/licences.ts";
import { renderManPage } from "../../scripts/release/man-page.ts";
import { archiveNames, version } from "../../scripts/release/names.ts";
import { renderSbom } from "../../scripts/release/sbom.ts";
import { renderScoop } from "../../scripts/release/scoop.ts";
import { root } from "../../scripts/steps.ts";
import { globalOptions } from "../../src/cli/declaration.ts";
import { commands } from "../../src/commands/index.ts";

const hashOf = (name: string) => new Bun.CryptoHasher("sha256").update(name).digest("hex");

/** Runs a program that is not ours on some text; what it complains of. */
function judge(command: readonly string[], text: string): string {
  const result = Bun.spawnSync([...command], { stdin: Buffer.from(text), stderr: "pipe" });
  return result.stderr.toString();
}

test("archives are named as installers look for them", () => {
  expect(targets.map((target) => archiveNames(target)[0].replace(version, "V"))).toEqual([
    "letme_V_linux_amd64.tar.gz",
    "letme_V_linux_arm64.tar.gz",
    "letme_V_linux_amd64_musl.tar.gz",
    "letme_V_linux_arm64_musl.tar.gz",
    "letme_V_darwin_amd64.tar.gz",
    "letme_V_darwin_arm64.tar.gz",
    "letme_V_windows_amd64.zip",
    "letme_V_windows_arm64.zip",
  ]);
});

describe("the formula", () => {
  const formula = renderFormula(hashOf);

  test("leads to four archives with their hashes", () => {
    for (const target of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"] as const) {
      const [archive] = archiveNames(target);
      expect(formula).toContain(`/v${version}/${archive}"\n      sha256 "${hashOf(archive)}"`);
    }
    expect(formula).not.toContain("musl");
  });

  test.if(Bun.which("ruby") !== null)("is Ruby", () => {
    expect(judge(["ruby", "-c"], formula)).toBe("");
  });
});

test("the manifest leads to both zips with their hashes", () => {
  const { architecture, bin } = JSON.parse(renderScoop(hashOf));
  expect(bin).toBe("letme.exe");
  expect(architecture["64bit"].hash).toBe(hashOf(`letme_${version}_windows_amd64.zip`));
  expect(architecture.arm64.url).toEndWith(`letme_${version}_windows_arm64.zip`);
});

describe("the man page", () => {
  test("names every command and every option", async () => {
    const page = (await renderManPage(commands, "1.2.3", 0)).replaceAll("\\-", "-");
    for (const entry of commands) {
      expect(page).toContain(`.SS letme ${entry.name}`);
      for (const option of [...(await entry.load()).options, ...globalOptions]) {
        expect(page).toContain(`--${option.long[0]}`);
      }
    }
    expect(page).toContain('.TH LETME 1 "1970-01-01" "letme 1.2.3"');
  });

  test.if(Bun.which("groff") !== null)("groff finds nothing wrong with it", async () => {
    const page = await renderManPage(commands, "1.2.3", 0);
    expect(judge(["groff", "-man", "-ww", "-z", "-Tutf8"], page)).toBe("");
  });
});

describe("what is bundled", () => {
  const packages = bundledPackages();

  test("has a licence, and its text", () => {
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["@clack/prompts", "aws4fetch", "smol-toml"]),
    );
    const text = thirdPartyLicences(packages);
    for (const { name, licenseText } of packages) {
      expect(text).toContain(name);
      expect(text).toContain(licenseText.trimEnd());
    }
    expect(text).toContain("GNU LIBRARY GENERAL PUBLIC LICENSE");
  });

  test("has all that Bun says it is made of, with the texts that are named", () => {
    const text = thirdPartyLicences(packages);
    const overview = readFileSync(join(root, "packaging/licenses/bun.txt"), "utf8");
    const page = readFileSync(
      join(root, "node_modules/bun-types/docs/project/license.mdx"),
      "utf8",
    );
    const [linked = "", polyfills = ""] = page.split("## Polyfills");
    const namesIn = (part: string) =>
      [...part.matchAll(/^\| .*?\[`?([\w-]+)[^\]]*\]\(/gm)].map(([, name = ""]) => name);
    expect(namesIn(linked).length).toBeGreaterThan(20);
    for (const name of namesIn(linked)) {
      expect(overview.toLowerCase()).toContain(name.toLowerCase());
    }
    expect(namesIn(polyfills).length).toBeGreaterThan(20);
    const polyfillTexts = readFileSync(join(root, "packaging/licenses/bun/polyfills.txt"), "utf8");
    for (const name of namesIn(polyfills)) expect(polyfillTexts).toContain(`${name}\n`);
    for (const [, file = ""] of overview.matchAll(/ {2}(\S+\.txt)$/gm)) {
      expect(text).toContain(`\n${file}\n===`);
    }
  });

  test("stands in the SBOM, which is the same for the same release", () => {
    const source = { commit: "0123456789ab", time: 0 };
    const archives = [{ name: "letme.tar.gz", bytes: Buffer.from("x") }];
    const sbom = renderSbom(packages, archives, source);
    expect(renderSbom(packages, archives, source)).toBe(sbom);
    const document = JSON.parse(sbom);
    expect(document.spdxVersion).toBe("SPDX-2.3");
    for (const { name, version, license } of packages) {
      expect(document.packages).toContainEqual(
        expect.objectContaining({ name, versionInfo: version, licenseDeclared: license }),
      );
    }
    expect(document.packages).toContainEqual(
      expect.objectContaining({ name: "bun", versionInfo: Bun.version }),
    );
    const ids = [...document.packages, ...document.files].map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
      expect([...ids, "SPDXRef-DOCUMENT"]).toContain(spdxElementId);
      expect(ids).toContain(relatedSpdxElement);
    }
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
  });
});

describe("versions", () => {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const all = (paths: readonly string[], pattern: RegExp) =>
    paths.flatMap((path) => [...read(path).matchAll(pattern)].map((match) => match[1]));

  test("Bun is the same everywhere", () => {
    const found = all(
      [
        ...["README.md", "CONTRIBUTING.md", ".ci/run", "package.json"],
        ...[".github/workflows/ci.yml", ".github/workflows/release.yml"],
        "packaging/runtimes/package.json",
      ],
      /\b(?:bun@|Bun |types\/bun": "|oven\/bun-[\w-]+": ")(\d+\.\d+\.\d+)/g,
    );
    expect(found.length).toBeGreaterThan(15);
    expect([...new Set(found)]).toEqual([Bun.version]);
  });

  test("examples name the version of package.json", () => {
    const found = all(
      ["README.md", "packaging/oci/Dockerfile"],
      /(?:setup-letme@v|letme:|letme_|--version |download\/v|VERSION=)(\d+\.\d+\.\d+)/g,
    );
    expect(found.length).toBeGreaterThan(6);
    expect([...new Set(found)]).toEqual([version]);
  });
});

describe("the workflows", () => {
  const folder = join(root, ".github");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yml"))
    .map((file) => join(folder, file));

  test("pin every action by its commit", () => {
    expect(files.length).toBe(3);
    for (const file of files) {
      for (const [, used = ""] of readFileSync(file, "utf8").matchAll(/uses: (.*)/g)) {
        expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    }
  });

  test.if(Bun.which("actionlint") !== null)("actionlint finds nothing", () => {
    const result = Bun.spawnSync(["actionlint", "-no-color"], { cwd: root });
    expect(result.stdout.toString()).toBe("");
  });
});

test.if(Bun.which("shellcheck") !== null)("shellcheck finds nothing in the shell scripts", () => {
  const scripts = ["install.sh", "scripts/publish.sh", ".github/actions/setup-letme/setup.sh"];
  const result = Bun.spawnSync(["shellcheck", ...scripts], { cwd: root });
  expect(result.stdout.toString()).toBe("");
});
