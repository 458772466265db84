import type { Home } from "../test/support/home.ts";

/** One side of a comparison: a program that is run again and again. */
export interface Side {
  readonly command: readonly string[];
  readonly home: Home;
  /** Of a run, by its number from 0. */
  readonly environment?: (run: number) => Readonly<Record<string, string>>;
  /** Done for each run before the first of them: what the disk is busy with would be measured too. */
  readonly prepare?: (run: number) => void;
}

/** Milliseconds of many runs. */
export interface Times {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const warmUpRounds = 2;

/**
 * Runs the sides in turn, A B C A B C …, so that whatever else the machine does falls on all of
 * them alike; the first rounds do not count. A run that fails ends the bench.
 */
export function measureInTurn<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  rounds: number,
): Readonly<Record<Name, Times>> {
  const names = Object.keys(sides) as Name[];
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
  const runs = rounds + warmUpRounds;
  for (const name of names) {
    for (let run = 0; run < runs; run++) sides[name].prepare?.(run);
  }
  for (let run = 0; run < runs; run++) {
    for (const name of names) {
      const milliseconds = runOnce(sides[name], run);
      if (run >= warmUpRounds) taken.get(name)?.push(milliseconds);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, summarize(taken.get(name) ?? [])]),
  ) as Record<Name, Times>;
}

/** Runs a program to its end, from before it is started to after it is gone. */
export function runOnce({ command, home, environment }: Side, run = 0): number {
  const started = performance.now();
  const result = Bun.spawnSync([...command], {
    cwd: home.path,
    env: home.environment(environment?.(run)),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const milliseconds = performance.now() - started;
  if (result.exitCode === 0) return milliseconds;
  throw new Error(
    `\`${command.slice(1).join(" ")}\` ended with ${result.exitCode ?? result.signalCode}:\n${result.stdout}${result.stderr}`,
  );
}

function summarize(milliseconds: readonly number[]): Times {
  return {
    median: medianOf(milliseconds),
    least: Math.min(...milliseconds),
    most: Math.max(...milliseconds),
  };
}

export function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
