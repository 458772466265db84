import { join } from "node:path";
import { newHome } from "../test/support/home.ts";
import { measureInTurn, medianOf } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Line, type Part, plainLine, ratioLine } from "./report.ts";

const ratioBound = 1.6;
const memoryBound = 45e6;
const memoryRuns = 9;

/** How fast letme starts beside a program that does nothing, and what memory it takes. */
export async function measureStartUp({ letme, bare, rounds = 60 }: Bench): Promise<Part> {
  using home = newHome();
  const times = measureInTurn(
    {
      bare: { command: [bare], home },
      version: { command: [letme, "--version"], home },
      help: { command: [letme, "--help"], home },
      obtainHelp: { command: [letme, "obtain", "--help"], home },
    },
    rounds,
  );
  return {
    title: `Start-up, whole process, ${rounds} rounds in turn`,
    notes: [
      "Peak memory: by a small process that starts letme; it never reads less than that one has itself.",
    ],
    lines: [
      plainLine("bare console.log", times.bare),
      ratioLine("letme --version", times.version, times.bare, ratioBound),
      ratioLine("letme --help", times.help, times.bare, ratioBound),
      // It loads the command with all that it works with, for declaration and run stand together.
      plainLine("letme obtain --help", times.obtainHelp),
      memoryLine("bare console.log, memory", [bare], undefined),
      memoryLine("letme --version, memory", [letme, "--version"], memoryBound),
      memoryLine("letme --help, memory", [letme, "--help"], memoryBound),
    ],
  };
}

function memoryLine(what: string, command: readonly string[], bound: number | undefined): Line {
  const peaks = Array.from({ length: memoryRuns }, () => peakMemory(command));
  const peak = medianOf(peaks);
  const figure = `${(peak / 1e6).toFixed(1)} MB`;
  if (bound === undefined) return { what, figure };
  return { what, figure, bound: `${bound / 1e6} MB`, holds: peak <= bound };
}

function peakMemory(command: readonly string[]): number {
  const result = Bun.spawnSync(
    [process.execPath, join(import.meta.dir, "peak-memory.ts"), ...command],
    { stderr: "inherit" },
  );
  const bytes = Number(result.stdout.toString());
  if (!result.success || !(bytes > 0)) throw new Error("the peak memory could not be read");
  return bytes;
}
