import { expect, test } from "bun:test";
import { parseStat, stolenNotes } from "../../bench/stolen.ts";

test("CPU time is read from the line of all CPUs, waiting left out", () => {
  const stat = "cpu  100 1 50 9000 700 2 3 44 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
  expect(parseStat(stat)).toEqual({ wanted: 200, stolen: 44 });
  expect(parseStat("intr 5")).toBeUndefined();
});

test.each([
  [100, 104, undefined],
  [100, 105, "5 %"],
  [100, 130, "30 %"],
])("stolen time is told where it matters: %d to %d of 100", (before, after, told) => {
  const notes = stolenNotes({ wanted: 1000, stolen: before }, { wanted: 1100, stolen: after });
  if (told === undefined) expect(notes).toEqual([]);
  else expect(notes.join(" ")).toContain(`gave ${told} of`);
});

test("without any figures nothing is told", () => {
  const some = { wanted: 10, stolen: 1 };
  expect(stolenNotes(undefined, some)).toEqual([]);
  expect(stolenNotes(some, some)).toEqual([]);
});
