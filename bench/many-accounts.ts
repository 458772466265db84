import { join } from "node:path";
import { fleetName, settleInFleet } from "../test/support/fleet.ts";
import { type Home, newHome } from "../test/support/home.ts";
import { type DistantFleet, fleetRoundTrip, fleetSize } from "./distant-fleet.ts";
import { awsTexts, ownAwsFiles } from "./homes.ts";
import { measureInTurn, runOnce, type Side } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Line, type Part, plainLine, ratioLine } from "./report.ts";
import { startServerProcess } from "./server-process.ts";

const roundTrips = 6;
const millisecondsAnAccount = 10;
const keptBound = 3;

/** Many accounts with one MFA code over a long way; and those that need nothing any more. */
export async function measureManyAccounts({ letme, bare, rounds = 11 }: Bench): Promise<Part> {
  const server = await startServerProcess<DistantFleet>("distant-fleet.ts");
  using named = newHome();
  using filtered = newHome();
  using kept = newHome();
  const { environment, codes } = server.ready;
  const left = [...codes];
  /** Nothing remembered, and a code of its own, for each run. */
  const fresh = (home: Home, args: readonly string[]): Side => {
    const files = ownAwsFiles(home, awsTexts(home, 0), environment);
    const letmeHome = (run: number) => `.letme-${run}`;
    return {
      command: [letme, "obtain", ...args],
      home,
      prepare: (run) => {
        files.prepare(run);
        home.write(`${letmeHome(run)}/letme-config`, home.read(".letme/letme-config") ?? "");
      },
      environment: (run) => ({
        ...files.environment(run),
        LETME_HOME: join(home.path, letmeHome(run)),
        LETME_MFA_TOKEN: left.pop() ?? "",
      }),
    };
  };
  try {
    for (const home of [named, filtered, kept]) settleInFleet(home, "table");
    const names = Array.from({ length: fleetSize }, (_, index) => fleetName(index));
    const again = () => environment;
    const code = () => ({ ...environment, LETME_MFA_TOKEN: left.pop() ?? "" });
    runOnce({ command: [letme, "obtain", ...names], home: kept, environment: code });
    const times = measureInTurn(
      {
        bare: { command: [bare], home: named },
        named: fresh(named, names),
        all: fresh(filtered, ["--all", "--yes"]),
        keptOne: { command: [letme, "obtain", fleetName(7)], home: kept, environment: again },
        keptMany: { command: [letme, "obtain", ...names], home: kept, environment: again },
      },
      rounds,
    );
    const bound = roundTrips * fleetRoundTrip + fleetSize * millisecondsAnAccount;
    const far = (what: string, milliseconds: (typeof times)["named"]): Line => ({
      what,
      times: milliseconds,
      bound: `${bound} ms`,
      holds: milliseconds.median <= bound,
    });
    return {
      title: `${fleetSize} accounts behind one bastion at a round trip of ${fleetRoundTrip} ms, ${rounds} rounds in turn`,
      notes: [
        "From a table keyed by name, with one MFA code and nothing remembered. Kept: the credentials of the",
        "run before are still valid, so nothing is asked of anyone.",
      ],
      lines: [
        plainLine("bare console.log", times.bare),
        far("letme obtain, 50 names", times.named),
        far("letme obtain --all", times.all),
        ratioLine("kept, 1 name", times.keptOne, times.bare, keptBound),
        plainLine("kept, 50 names", times.keptMany),
      ],
    };
  } finally {
    await server.stop();
  }
}
