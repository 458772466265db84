import { describe, expect, test } from "bun:test";
import { sharedPaths } from "../../scripts/release/content.ts";
import { fixtureIdentity, gateFixtures } from "../../scripts/release/fixtures.ts";
import { archiveProblems } from "../../scripts/release/gates/archive.ts";
import { binaryProblems } from "../../scripts/release/gates/binary.ts";
import { tagProblems } from "../../scripts/release/gates/release.ts";
import { signatureProblems } from "../../scripts/release/mach-o.ts";
import { signAdHoc } from "../../scripts/release/mach-o-sign.ts";
import { version } from "../../scripts/release/names.ts";

const fixtures = gateFixtures();

function fixture(name: string) {
  const found = fixtures.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found;
}

describe("a binary", () => {
  test.each(fixtures)("$name", ({ bytes, identity, refusedFor }) => {
    const problems = binaryProblems(bytes, identity);
    if (refusedFor === undefined) expect(problems).toEqual([]);
    else expect(problems).toEqual([expect.stringMatching(refusedFor)]);
  });

  test("that would read files of the folder it is run in is refused", () => {
    const { bytes, identity } = fixture("whole");
    const flagsAt = Buffer.from(bytes).indexOf("\n---- Bun! ----\n") - 4;
    for (const [bit, file] of [".env", "bunfig.toml", "tsconfig.json", "package.json"].entries()) {
      const open = new Uint8Array(bytes);
      open[flagsAt] = 0b1111 & ~(1 << bit);
      expect(binaryProblems(open, identity)).toEqual([
        `it reads ${file} of the folder that it is run in`,
      ]);
    }
  });

  test("of another version, commit or target is refused", () => {
    const { bytes, identity } = fixture("whole");
    expect(binaryProblems(bytes, { ...identity, version: "1.2.4" })).toEqual([
      "it is not version 1.2.4",
    ]);
    expect(binaryProblems(bytes, { ...identity, commit: "ba9876543210" })).toEqual([
      "it is not of commit ba9876543210",
    ]);
    expect(binaryProblems(bytes, { ...fixtureIdentity, target: "linux-arm64" })).toEqual([
      "it does not call itself linux-arm64",
      "it is for x64",
    ]);
    expect(binaryProblems(bytes, { ...fixtureIdentity, target: "windows-x64" })).toEqual([
      "it does not call itself windows-x64",
      "it is not a Windows program",
    ]);
  });

  test("that is plain Bun, empty or cut off is refused", () => {
    const { bytes, identity } = fixture("whole");
    const without = new Uint8Array(bytes).fill(0, 560, 700);
    for (const broken of [without, new Uint8Array(), bytes.subarray(0, 500)]) {
      expect(binaryProblems(broken, identity)).toEqual([
        "there is no program in it: it is plain Bun",
      ]);
    }
  });
});

describe("a signature", () => {
  const { bytes } = fixture("signed");

  test("signing again gives the same", () => {
    expect(Buffer.compare(signAdHoc(bytes, "letme"), bytes)).toBe(0);
  });

  test("every byte before it counts", () => {
    for (const at of [0, 20, 4095, 4096, 8191, 8200]) {
      const broken = new Uint8Array(bytes);
      broken[at] = (broken[at] ?? 0) ^ 1;
      expect(signatureProblems(broken)).not.toEqual([]);
    }
  });

  test("one that does not cover or end the file is refused", () => {
    expect(signatureProblems(Buffer.concat([bytes, Buffer.alloc(16)]))).toEqual([
      "the signature does not end the file",
      "__LINKEDIT does not end the file",
    ]);
    expect(signatureProblems(bytes.subarray(0, 100))).toHaveLength(1);
    expect(signatureProblems(Buffer.from("text"))).toEqual(["not a Mach-O file"]);
  });
});

describe("an archive", () => {
  const paths = ["letme", ...sharedPaths];
  const whole = paths.map((path) => {
    return { path, bytes: Buffer.from("x"), mode: path === "letme" ? 0o755 : 0o644 };
  });

  test("with all files is let through", () => {
    expect(archiveProblems(whole, "linux-x64")).toEqual([]);
  });

  test("that lacks a file, has another, or a binary without its mode is refused", () => {
    for (const path of paths) {
      const rest = whole.filter((file) => file.path !== path);
      expect(archiveProblems(rest, "linux-x64")).toEqual([`it lacks ${path}`]);
    }
    const strange = { path: "strange", bytes: Buffer.from("x"), mode: 0o644 };
    expect(archiveProblems([...whole, strange], "linux-x64")).toEqual(["it has strange"]);
    const closed = whole.map((file) => ({ ...file, mode: 0o644 }));
    expect(archiveProblems(closed, "linux-x64")).toEqual(["the binary has mode 644"]);
    const empty = whole.map((file) =>
      file.path === "LICENSE" ? { ...file, bytes: Buffer.alloc(0) } : file,
    );
    expect(archiveProblems(empty, "linux-x64")).toEqual(["LICENSE is empty"]);
  });
});

test("a tag must be that of the version", () => {
  expect(tagProblems([])).toEqual([]);
  expect(tagProblems([`v${version}`, "other"])).toEqual([]);
  expect(tagProblems(["v0.0.1"])).toEqual([`the tag is v0.0.1, and package.json says ${version}`]);
});
