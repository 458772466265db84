import { readFileSync } from "node:fs";

/** What the CPUs have been asked for since the machine started, and what of it others got (steal). */
export interface CpuTime {
  readonly wanted: number;
  readonly stolen: number;
}

/** Undefined where the system does not tell. */
export function cpuTime(): CpuTime | undefined {
  return process.platform === "linux" ? parseStat(readFileSync("/proc/stat", "latin1")) : undefined;
}

/** Reads proc_stat(5), whose first line sums up all CPUs. */
export function parseStat(text: string): CpuTime | undefined {
  const [line = ""] = text.split("\n");
  const [name, ...times] = line.split(/\s+/);
  if (name !== "cpu") return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = times.map(Number);
  return { wanted: user + nice + system + irq + softirq + stolen, stolen };
}

/** Stolen so much, figures are the program's no more, and longer commands suffer more than short ones. */
const worthTelling = 0.05;

/** What to know of the figures that were measured in between; nothing where the CPU was there. */
export function stolenNotes(
  before: CpuTime | undefined,
  after: CpuTime | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const share = (after.stolen - before.stolen) / (after.wanted - before.wanted);
  if (!(share >= worthTelling)) return [];
  return [
    `The hypervisor gave ${(share * 100).toFixed(0)} % of the CPU time that was wanted to others, which falls on`,
    "longer commands more than on short ones: these figures are higher than the program's own.",
  ];
}
