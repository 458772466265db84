import { homeWithSnapshot } from "./homes.ts";
import { measureInTurn } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Part, plainLine, ratioLine } from "./report.ts";

const accounts = 5000;
// Some 50 ms where a bare program takes 5.
const ratioBound = 10;

/** What one press of Tab costs: the shell waits for it. */
export async function measureCompletion({ letme, bare, rounds = 40 }: Bench): Promise<Part> {
  using home = homeWithSnapshot(accounts);
  const candidates = [letme, "completion", "candidates", "--"];
  const times = measureInTurn(
    {
      bare: { command: [bare], home },
      commands: { command: [...candidates, ":"], home },
      options: { command: [...candidates, "obtain", ":--"], home },
      names: { command: [...candidates, "obtain", ":"], home },
    },
    rounds,
  );
  return {
    title: `Tab, with a snapshot of ${accounts} accounts, ${rounds} rounds in turn`,
    notes: [],
    lines: [
      plainLine("bare console.log", times.bare),
      ratioLine("letme <Tab>", times.commands, times.bare, ratioBound),
      ratioLine("letme obtain --<Tab>", times.options, times.bare, ratioBound),
      ratioLine("letme obtain <Tab>", times.names, times.bare, ratioBound),
    ],
  };
}
