import { describe, expect, test } from "bun:test";
import { differingPart } from "../../src/profiles/differing-part.ts";
import { documentOfText, linesBefore, type SharedDocument } from "../../src/profiles/document.ts";
import { findLandmarks } from "../../src/profiles/landmarks.ts";
import { findLineProblems } from "../../src/profiles/line-problems.ts";
import { lookUp } from "../../src/profiles/lookup.ts";
import { type Ownership, ownershipOf } from "../../src/profiles/ownership.ts";
import { findProblems, findProblemsAfter } from "../../src/profiles/problems.ts";
import { isSurelySound } from "../../src/profiles/soundness.ts";
import { generateName, generateText, Random } from "./generate.ts";

// What is read in part, or not line by line, must say the same as reading all of it.
const runs = Number(process.env["LETME_PROPERTY_RUNS"] ?? "20000");
const seed = Number(process.env["LETME_PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

function forEachDocument(check: (document: SharedDocument, random: Random) => void): void {
  for (let run = 0; run < runs; run += 1) {
    const random = new Random(seed + run * 7919);
    const kind = random.chance(0.5) ? "config" : "credentials";
    const document = documentOfText(kind, generateText(random, kind, random.chance(0.5)));
    try {
      check(document, random);
    } catch (error) {
      const again = `LETME_PROPERTY_SEED=${seed + run * 7919} LETME_PROPERTY_RUNS=1`;
      throw new Error(`again: ${again}: ${JSON.stringify(document.text)}`, { cause: error });
    }
  }
}

/** An ownership found in a part, in lines of the whole. */
function shifted(ownership: Ownership, lines: number): Ownership {
  if (ownership.state !== "letme") return ownership;
  const { block } = ownership;
  return {
    state: "letme",
    block: {
      ...block,
      start: block.start + lines,
      header: block.header + lines,
      end: block.end + lines,
      ownedComments: block.ownedComments.map((line) => line + lines),
      properties: block.properties.map((one) => ({ ...one, line: one.line + lines })),
    },
  };
}

describe(`${runs} generated files, seed ${seed}`, () => {
  test(
    "a name that is looked up alone is whose it is in the whole file",
    () => {
      let parts = 0;
      let blocks = 0;
      forEachDocument((document, random) => {
        const all = findLandmarks(document);
        const names = [generateName(random), ...all.starts.keys(), ...all.claims.keys()];
        for (const name of names.filter((one) => one !== "")) {
          const lookup = lookUp(document, new Set([name]));
          if (lookup.part.text.length < document.text.length) parts += 1;
          const found = lookup.ownershipOf(name);
          if (found.state === "letme") blocks += 1;
          const lines = linesBefore(document.text, lookup.from);
          expect(shifted(found, lines)).toEqual(ownershipOf(document, all, name));
        }
      });
      // Otherwise it would have been the whole file each time, or nobody's.
      if (runs >= 100) expect(Math.min(parts, blocks)).toBeGreaterThan(runs / 20);
    },
    { timeout: 600_000 },
  );

  test(
    "a file that is found sound at a glance has no line that is a problem",
    () => {
      let sound = 0;
      forEachDocument((document) => {
        if (!isSurelySound(document)) return;
        sound += 1;
        expect(findLineProblems(document)).toEqual([]);
      });
      if (runs >= 100) expect(sound).toBeGreaterThan(runs / 20);
    },
    { timeout: 600_000 },
  );

  test(
    "nor has one of many sections that are alike",
    () => {
      const lines = ["region = x", "region = y", "output = x", "# x", "", "s3 =", "  a = b", "odd"];
      const counts = { sound: 0, unsound: 0 };
      for (let run = 0; run < runs; run += 1) {
        const random = new Random(seed + run);
        const pick = () => `${lines[random.below(random.chance(0.1) ? 8 : 6)]}\n`;
        const bodies = [0, 1, 2].map((most) =>
          Array.from({ length: random.below(most + 2) }, pick).join(""),
        );
        const text = Array.from({ length: random.below(9) }, (_, number) => {
          const name = random.chance(0.02) ? "same" : `p${number}`;
          return `[${name}${random.chance(0.02) ? "" : "]"}\n${bodies[random.below(3)]}`;
        }).join("");
        const document = documentOfText("credentials", text);
        const problems = findLineProblems(document);
        counts[problems.length === 0 ? "sound" : "unsound"] += 1;
        if (isSurelySound(document)) expect({ text, problems }).toEqual({ text, problems: [] });
      }
      if (runs >= 100) expect(Math.min(counts.sound, counts.unsound)).toBeGreaterThan(runs / 20);
    },
    { timeout: 600_000 },
  );

  test(
    "what is wrong after a change is the same as in a file that was always so",
    () => {
      forEachDocument((before, random) => {
        const block = `#s-new\n[profile new]\nregion = eu-west-1\n${random.chance(0.3) ? "region = x\n" : ""}#e-new\n`;
        const glue = before.text === "" || before.text.endsWith("\n") ? "" : "\n";
        const after = documentOfText(before.kind, before.text + glue + block);
        const part = differingPart(before, after).after;
        expect(findProblemsAfter(before, after, part)).toEqual(findProblems(after));
      });
    },
    { timeout: 600_000 },
  );
});

const sections = "[default]\nregion = eu-west-1\n\n[profile a]\nregion = x\ns3 =\n  a = b\n";

test.each([
  ["another name that begins so", "[zz]\nk = 1\n#s-zzb\n[zzb]\nregion = x\n#e-zzb\n"],
  ["in quotes", `["zz"]\nk = 1\n`],
  ["with a backslash", "[b]\nk = 1\n[\\zz]\nk = 1\n"],
  [
    "with a backslash in it, behind a blank beyond ASCII",
    "[b]\nk = 1\n\u00c2\u00a0[z\\z]\nk = 1\n",
  ],
  ["behind a blank beyond ASCII", "[b]\nk = 1\n\u00c2\u00a0[zz]\nk = 1\n"],
  ["marked as letme's by the line above", "[b]\nk = 1\n; letme managed\n[zz]\nk = 1\n[c]\n"],
  [
    "the same behind a mark of the byte order",
    "[b]\nk = 1\n\u00ef\u00bb\u00bf; letme managed\n[zz]\nk = 1\n",
  ],
  ["behind a lone carriage return", "[b]\nk = 1\r[zz]\nk = 1\n"],
  ["a header behind that not everybody knows", "#s-zz\n[zz]\nk = 1\n#e-zz\n [b]\nk = 1\n[c]\n"],
  ["a key behind the block", "#s-zz\n[zz]\nk = 1\n#e-zz\n\nk = 2\n[c]\nk = 3\n"],
  ["twice, far apart", "#s-zz\n[zz]\nk = 1\n#e-zz\n[b]\nk = 1\n[zz]\nk = 3\n"],
  ["nowhere", "[b]\nk = 1\n"],
])("a name that is looked up alone: %s", (_, text) => {
  for (const before of ["", "[other]\nk = 1\n\n[more]\nk = 2\n"]) {
    const document = documentOfText("credentials", before + text);
    const lookup = lookUp(document, new Set(["zz"]));
    const found = shifted(lookup.ownershipOf("zz"), linesBefore(document.text, lookup.from));
    expect(found).toEqual(ownershipOf(document, findLandmarks(document), "zz"));
  }
});

describe("a file is not taken for sound", () => {
  test.each([
    ["a section twice", `${sections}[profile a]\nregion = x\n`],
    ["a key twice", `${sections}region = y\n`],
    ["a key twice, with and without blanks", "[a]\nkey=1\nkey  =  2\n"],
    ["a key twice, once in capitals", "[a]\nkey = 1\nKEY = 2\n"],
    ["a section [DEFAULT]", `${sections}[DEFAULT]\nregion = x\n`],
    ["a header without its bracket", `${sections}[profile b\nregion = x\n`],
    ["a header with nothing in it", `${sections}[]\nregion = x\n`],
    ["a line without a key", `${sections}= x\n`],
    ["a line that is no key", `${sections}nothing\n`],
    ["a nested line that is none", "[a]\ns3 =\n  nothing\n"],
    ["an indented comment", "[a]\nkey = 1\n  # comment\n"],
    ["a header behind a blank beyond ASCII", "[a]\nkey = 1\n\u00c2\u00a0[b]\nkey = 1\n"],
    ["a key before such a blank", "[a]\nkey\u00c2\u00a0= 1\n"],
    ["a control character alone", "[a]\nkey = 1\n\u001c\nkey2 = 1\n"],
    ["an indented header", "[a]\nkey = 1\n [b]\nkey = 1\n"],
    ["a key before any section", "key = 1\n[a]\n"],
    ["a lone carriage return", "[a]\nkey = 1\rkey = 2\n"],
    ["a byte order mark", "\u00ef\u00bb\u00bf[a]\nkey = 1\n"],
  ])("%s", (_, text) => {
    const document = documentOfText("config", text);
    expect(isSurelySound(document)).toBe(false);
    expect(findProblems(document).length).toBeGreaterThan(0);
  });
});

test.each([
  ["two sections", sections],
  ["CRLF", sections.replaceAll("\n", "\r\n")],
  ["nothing", ""],
  ["comments first", `# mine\n; too\n\n${sections}`],
  ["a value with brackets and signs", `${sections}key = [x] = # ; y\n`],
  ["no line end at the end", sections.slice(0, -1)],
])("%s: a file is found sound at a glance", (_, text) => {
  expect(isSurelySound(documentOfText("config", text))).toBe(true);
});
