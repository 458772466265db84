/**
 * `bun run bench`: measures letme against its bounds, on a fresh machine. Installs, compiles letme
 * and a bare program by the same recipe, and prints one table a part. `--only PART,…` chooses parts,
 * `--runs N` how many rounds count. The exit code is 1 where a bound is missed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { MeasurePart } from "../bench/part.ts";
import { installPackages } from "./steps.ts";

/** Each part is loaded when the packages are there. */
const parts: Readonly<Record<string, () => Promise<MeasurePart>>> = {
  "start-up": async () => (await import("../bench/start-up.ts")).measureStartUp,
  snapshot: async () => (await import("../bench/snapshot.ts")).measureSnapshot,
  completion: async () => (await import("../bench/completion.ts")).measureCompletion,
  "round-trips": async () => (await import("../bench/round-trips.ts")).measureRoundTrips,
  "many-accounts": async () => (await import("../bench/many-accounts.ts")).measureManyAccounts,
  "large-registry": async () => (await import("../bench/large-registry.ts")).measureLargeRegistry,
  "large-files": async () => (await import("../bench/large-files.ts")).measureLargeFiles,
};

interface Choice {
  readonly names: readonly string[];
  readonly rounds: number | undefined;
}

function readChoice(): Choice {
  const { values } = parseArgs({ options: { only: { type: "string" }, runs: { type: "string" } } });
  const names = values.only?.split(",") ?? Object.keys(parts);
  const unknown = names.find((name) => !(name in parts));
  if (unknown !== undefined) {
    throw new Error(`no part ${unknown}; there are: ${Object.keys(parts).join(", ")}`);
  }
  const rounds = values.runs === undefined ? undefined : Number(values.runs);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error("--runs takes a number from 1");
  }
  return { names, rounds };
}

/** Measures the parts that are chosen; gives the number of bounds that are missed. */
async function bench({ names, rounds }: Choice, folder: string): Promise<number> {
  await installPackages();
  const { compile, thisTarget } = await import("./build-targets.ts");
  const { renderPart } = await import("../bench/report.ts");
  const { cpuTime, stolenNotes } = await import("../bench/stolen.ts");
  const target = thisTarget();
  const extension = target.startsWith("windows") ? ".exe" : "";
  const letme = join(folder, `letme${extension}`);
  const bare = join(folder, `bare${extension}`);
  const exchange = join(folder, `exchange${extension}`);
  compile("src/main.ts", letme, target, {
    LETME_VERSION: "0.0.0",
    LETME_COMMIT: "bench",
    LETME_TARGET: target,
  });
  compile("bench/bare.ts", bare, target);
  compile("bench/exchange.ts", exchange, target);
  let missed = 0;
  for (const name of names) {
    const measure = await parts[name]?.();
    if (measure === undefined) continue;
    const before = cpuTime();
    const part = await measure({ letme, bare, exchange, rounds });
    const notes = [...part.notes, ...stolenNotes(before, cpuTime())];
    missed += part.lines.filter(({ holds }) => holds === false).length;
    console.log(renderPart({ ...part, notes }));
  }
  return missed;
}

let choice: Choice;
try {
  choice = readChoice();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
// Binaries of its own: those of `bun run build` may be in use.
const folder = mkdtempSync(join(tmpdir(), "letme-bench-"));
try {
  const missed = await bench(choice, folder);
  console.log(missed === 0 ? "All bounds hold." : `${missed} bounds are missed.`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
