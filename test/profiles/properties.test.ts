import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { type Change, planChange } from "../../src/profiles/change.ts";
import { bytesOf, documentOf, documentOfText, type FileKind } from "../../src/profiles/document.ts";
import type { Documents } from "../../src/profiles/ownership-check.ts";
import { sharedFilesOf } from "../../src/profiles/reader.ts";
import { readSections } from "../../src/profiles/sections.ts";
import { generateName, generateText, Random } from "./generate.ts";
import {
  hasBotocore,
  type Reading,
  readWithBotocore,
  readWithJavaScript,
  type Texts,
} from "./oracles.ts";
import { profileNamed } from "./profile-fixtures.ts";

const runs = Number(process.env["LETME_PROPERTY_RUNS"] ?? "20000");
const seed = Number(process.env["LETME_PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const botocoreRuns = Math.min(runs, 1000);
const locations = { config: "/config", credentials: "/credentials" };

interface Sample {
  readonly run: number;
  readonly name: string;
  readonly before: Texts;
}

function sampleOf(run: number): Sample {
  const random = new Random(seed + run * 7919);
  const wild = random.chance(0.5);
  return {
    run,
    name: generateName(random),
    before: {
      config: generateText(random, "config", wild),
      credentials: generateText(random, "credentials", wild),
    },
  };
}

function documentsOf(texts: Texts): Documents {
  return {
    config: documentOfText("config", texts.config),
    credentials: documentOfText("credentials", texts.credentials),
  };
}

/** The texts after a change; undefined where letme refuses it. */
function changed(texts: Texts, change: Change): Texts | undefined {
  try {
    const plan = planChange(documentsOf(texts), locations, change);
    return { config: plan.config.after.text, credentials: plan.credentials.after.text };
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
    expect(error.kind).toBe("failed");
    return undefined;
  }
}

function written(texts: Texts, name: string): Texts | undefined {
  return changed(texts, { action: "write", profiles: [profileNamed(name)] });
}

/** Runs a check on every sample; a failure names the seed that gives it again. */
async function forEachSample(
  count: number,
  check: (sample: Sample) => void | Promise<void>,
): Promise<void> {
  for (let run = 0; run < count; run += 1) {
    const sample = sampleOf(run);
    try {
      await check(sample);
    } catch (error) {
      const again = `LETME_PROPERTY_SEED=${seed + run * 7919} LETME_PROPERTY_RUNS=1`;
      throw new Error(`run ${run} (again: ${again}): ${JSON.stringify(sample)}`, { cause: error });
    }
  }
}

/**
 * What differs between two texts, without the lines that letme owns by their form: its markers and
 * comments, the header of this name and its keys. Written without letme's own code.
 */
function foreignDifference(
  before: string,
  after: string,
  kind: FileKind,
  name: string,
): string[][] {
  const lines = [before, after].map((text) =>
    text.replace(/^\xef\xbb\xbf/, "").split(/\r*\n|\r+$/),
  );
  const [old = [], is = []] = lines;
  let start = 0;
  while (start < Math.min(old.length, is.length) && old[start] === is[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(old.length, is.length) - start &&
    old[old.length - 1 - end] === is[is.length - 1 - end]
  ) {
    end += 1;
  }
  return lines.map((all) =>
    all.slice(start, all.length - end).filter((line) => !isOwnedForm(line, kind, name)),
  );
}

function isOwnedForm(line: string, kind: FileKind, name: string): boolean {
  const bare = line.trim();
  if ([`#s-${name}`, `#e-${name}`, "; letme managed", "#managed by letme", ""].includes(bare)) {
    return true;
  }
  if (/^\[(profile\s+)?([^\s\]]+)\s*\]$/.exec(bare.replace("[ ", "["))?.[2] === name) return true;
  if (/^#[A-Z][a-z]{2} \d+, \d{4} [\d:]{8};t$/.test(bare)) return true;
  if (/^#expires \S+ chain \w+$/.test(bare)) return true;
  return kind === "credentials"
    ? /^aws_(access_key_id|secret_access_key|session_token|security_token)\s*=/i.test(bare)
    : /^(region|output|credential_process)\s*=/.test(bare);
}

function without(sections: Record<string, unknown> | undefined, name: string): string {
  return JSON.stringify(Object.entries(sections ?? {}).filter(([key]) => key.trim() !== name));
}

/** An SDK that read the file before reads it now: all others as before, the new one right. */
function expectOracleAgrees(name: string, before: Reading, after: Reading, leaked?: unknown): void {
  if (before.config !== undefined) {
    expect(after.config).toBeDefined();
    expect(without(after.config, name)).toBe(without(before.config, name));
    expect(after.config?.[name]?.["region"]).toBe("sa-east-1");
  }
  if (before.credentials !== undefined) {
    expect(after.credentials).toBeDefined();
    expect(without(after.credentials, name)).toBe(without(before.credentials, name));
    expect(after.credentials?.[name]).toMatchObject({
      aws_access_key_id: "ASIANEWKEY",
      aws_secret_access_key: "new/secret+key",
      aws_session_token: "newToken//==",
    });
    expect(after.credentials?.[name]?.["aws_security_token"]).toBe(leaked);
  }
}

describe(`properties of ${runs} generated pairs of files, seed ${seed}`, () => {
  test("any bytes come back", async () => {
    const random = new Random(seed);
    await forEachSample(Math.min(runs, 5000), ({ before }) => {
      const noise = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
      for (const bytes of [Buffer.from(before.config, "latin1"), noise]) {
        expect(Buffer.compare(bytesOf(documentOf("config", bytes)), bytes)).toBe(0);
      }
    });
  });

  test("a profile that is read alone is the one that reading the whole file gives", async () => {
    await forEachSample(Math.min(runs, 5000), ({ before }) => {
      const documents = documentsOf(before);
      const files = sharedFilesOf([documents.config, documents.credentials], locations);
      const whole = new Map<string, Map<string, number>>();
      for (const document of [documents.config, documents.credentials]) {
        const { sections } = readSections(document);
        const replaced = sections.some(({ name, isPrefixed }) => name === "default" && isPrefixed);
        for (const { type, name, isPrefixed, properties } of sections) {
          if (type !== "profile" || (name === "default" && replaced && !isPrefixed)) continue;
          const merged = whole.get(name) ?? new Map<string, number>();
          for (const { key, line } of properties) merged.set(key, line + 1);
          whole.set(name, merged);
        }
      }
      expect(files.profileNames().toSorted()).toEqual([...whole.keys()].toSorted());
      for (const [name, lines] of whole) {
        const found = [...(files.profile(name)?.properties ?? [])];
        expect(found.map(([key, { line }]) => [key, line])).toEqual([...lines]);
      }
    });
  });

  test(
    "writing changes owned lines only, twice is once, removing gives back what was",
    async () => {
      let refused = 0;
      await forEachSample(runs, ({ name, before }) => {
        const after = written(before, name);
        if (after === undefined) {
          refused += 1;
          return;
        }
        expect(written(after, name)).toEqual(after);
        const unremovable = new Set<string>();
        const removed = changed(after, { action: "remove", names: [name] });
        for (const kind of ["config", "credentials"] as const) {
          const isKnown =
            before[kind].includes(`#s-${name}`) || before[kind].includes("letme managed");
          if (!isKnown) {
            // Removing is refused only for something that stood in the other file before.
            if (removed !== undefined) expect(removed[kind]).toBe(before[kind]);
            else unremovable.add(name);
            expect(after[kind].startsWith(before[kind])).toBe(true);
            continue;
          }
          const mark = "\u00ef\u00bb\u00bf";
          expect(after[kind].startsWith(mark)).toBe(before[kind].startsWith(mark));
          const [gone, come] = foreignDifference(before[kind], after[kind], kind, name);
          expect(come).toEqual(gone);
        }
        const wasKnown = /letme managed|#s-/.test(before.config + before.credentials);
        if (!wasKnown) expect(unremovable.size).toBe(0);
        const gone = changed(before, { action: "remove", names: [name] });
        if (gone !== undefined) {
          expect(changed(gone, { action: "remove", names: [name] }) ?? gone).toEqual(gone);
        }
      });
      // A generator of nothing but refusals would prove nothing; a few runs may be all refused.
      if (runs >= 100) expect(refused).toBeLessThan(runs * 0.75);
      console.log(`${runs - refused} of ${runs} written, ${refused} refused, seed ${seed}`);
    },
    { timeout: 600_000 },
  );

  test(
    "AWS's JavaScript reader agrees",
    async () => {
      await forEachSample(runs, async ({ name, before }) => {
        const after = written(before, name);
        if (after === undefined) return;
        expectOracleAgrees(name, await readWithJavaScript(before), await readWithJavaScript(after));
      });
    },
    { timeout: 600_000 },
  );

  test.skipIf(!hasBotocore())(
    `botocore agrees on ${botocoreRuns}`,
    async () => {
      const changes: { sample: Sample; after: Texts }[] = [];
      await forEachSample(botocoreRuns, (sample) => {
        const after = written(sample.before, sample.name);
        if (after !== undefined) changes.push({ sample, after });
      });
      const before = readWithBotocore(changes.map(({ sample }) => sample.before));
      const after = readWithBotocore(changes.map((change) => change.after));
      let read = 0;
      for (const [at, { sample }] of changes.entries()) {
        const [was, is] = [before[at], after[at]];
        if (was === undefined || is === undefined) throw new Error("botocore read too few files");
        if (was.config !== undefined && was.credentials !== undefined) read += 1;
        try {
          // botocore gives the keys of [DEFAULT] to all sections, which the user is told.
          const leaks = sample.before.credentials.includes("[DEFAULT]");
          const seen = is.credentials?.[sample.name]?.["aws_security_token"];
          expectOracleAgrees(sample.name, was, is, leaks ? seen : undefined);
        } catch (error) {
          throw new Error(`seed ${seed}: ${JSON.stringify(sample)}`, { cause: error });
        }
      }
      if (runs >= 100) expect(read).toBeGreaterThan(changes.length / 4);
    },
    { timeout: 600_000 },
  );
});
