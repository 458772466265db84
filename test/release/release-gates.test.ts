import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { targets } from "../../scripts/build-targets.ts";
import { renderFormula } from "../../scripts/release/formula.ts";
import {
  checksumProblems,
  packagingProblems,
  sbomProblems,
} from "../../scripts/release/gates/release.ts";
import { placeBinary, runningProblems } from "../../scripts/release/gates/running.ts";
import { archiveNames, version } from "../../scripts/release/names.ts";
import { renderSbom } from "../../scripts/release/sbom.ts";
import { renderScoop } from "../../scripts/release/scoop.ts";

let dist: string;
beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), "letme-dist-"));
  const archives = targets.flatMap(archiveNames);
  for (const name of archives) put(name, name);
  put("letme.rb", renderFormula(hashOf));
  put("letme.json", renderScoop(hashOf));
  put(`letme_${version}.spdx.json`, renderSbom([], [], { commit: "", time: 0 }));
  put("install.sh", "#!/bin/sh\n");
  const all = [
    ...archives,
    ...["letme.rb", "letme.json", `letme_${version}.spdx.json`, "install.sh"],
  ];
  put("checksums.txt", all.map((name) => `${hashOf(name)}  ${name}\n`).join(""));
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(join(dist, name), text);
const hashOf = (name: string) =>
  new Bun.CryptoHasher("sha256").update(readFileSync(join(dist, name))).digest("hex");

/** What a gate says while a file has another text. */
function withChanged<T>(name: string, change: (text: string) => string, gate: () => T): T {
  const text = readFileSync(join(dist, name), "utf8");
  try {
    put(name, change(text));
    return gate();
  } finally {
    put(name, text);
  }
}

describe("a release as a whole", () => {
  test("that fits together is let through", () => {
    expect(checksumProblems(dist)).toEqual([]);
    expect(packagingProblems(dist)).toEqual([]);
    expect(sbomProblems(dist, ["bun"])).toEqual([]);
  });

  test("checksums that are wrong, missing or too many are refused", () => {
    const [archive] = archiveNames("linux-x64");
    expect(
      withChanged(
        archive,
        () => "x",
        () => checksumProblems(dist),
      ),
    ).toEqual([`the hash of ${archive} is another`]);
    const without = (text: string) =>
      text
        .split("\n")
        .filter((line) => !line.endsWith(archive))
        .join("\n");
    expect(withChanged("checksums.txt", without, () => checksumProblems(dist))).toEqual([
      `it does not name ${archive}`,
      `the hash of ${archive} is another`,
    ]);
    const more = (text: string) => `${text}${"0".repeat(64)}  strange\n`;
    expect(withChanged("checksums.txt", more, () => checksumProblems(dist))).toEqual([
      "it names strange",
    ]);
  });

  test("a formula or a manifest with another hash is refused", () => {
    for (const [file, target] of [
      ["letme.rb", "darwin-x64"],
      ["letme.json", "windows-arm64"],
    ] as const) {
      const [archive] = archiveNames(target);
      const other = (text: string) => text.replace(hashOf(archive), "0".repeat(64));
      expect(withChanged(file, other, () => packagingProblems(dist))).toEqual([
        `${file} does not lead to ${archive} with its hash`,
      ]);
    }
  });

  test("an SBOM without a package, its version or its licence is refused", () => {
    expect(sbomProblems(dist, ["aws4fetch"])).toEqual(["it does not name aws4fetch"]);
    const sbom = `letme_${version}.spdx.json`;
    const silent = (text: string) => text.replaceAll('"licenseDeclared": "MIT"', '"x": ""');
    expect(withChanged(sbom, silent, () => sbomProblems(dist, []))).toEqual([
      "bun has no version or no licence",
      "letme has no version or no licence",
    ]);
  });
});

test.if(process.platform === "linux")(
  "a program that does nothing fails each gate that runs it",
  async () => {
    const program = placeBinary(dist, "nothing", Buffer.from("#!/bin/sh\nexit 0\n"));
    const identity = { target: "linux-x64", version, commit: "" } as const;
    expect(await runningProblems([program], identity)).toEqual([
      '--version gives 0 and ""',
      "it honours an .env file",
      "of 1 MB through a pipe 0 bytes came, with exit code 0",
      "it ends with 0 where the disk is full",
      "what obtain wrote is no use",
    ]);
  },
);
