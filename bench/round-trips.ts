import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type Home, newHome } from "../test/support/home.ts";
import { settleIn } from "../test/support/organisation.ts";
import { type Distant, type Place, roundTripMilliseconds } from "./distant.ts";
import { awsTexts, ownAwsFiles } from "./homes.ts";
import { measureInTurn, runOnce, type Side, type Times } from "./measure.ts";
import type { Bench } from "./part.ts";
import type { Line, Part } from "./report.ts";
import { startServerProcess } from "./server-process.ts";

const allowedMilliseconds = 60;

/** An obtain over a long way, and over none. */
interface Journey {
  readonly what: string;
  readonly far: Side;
  readonly near: Side;
  /** The round trips that it may take. */
  readonly trips: number;
}

/** How many round trips an obtain takes, and how long it takes with them. */
export async function measureRoundTrips({ letme, rounds = 11 }: Bench): Promise<Part> {
  const servers = await startServerProcess<Distant>("distant.ts");
  using tables = newHome();
  using snapshot = newHome();
  using named = newHome();
  try {
    for (const home of [tables, snapshot, named]) settleIn(home);
    runOnce({ command: [letme, "init"], home: snapshot, environment: () => servers.ready.id.near });
    const { name, id } = servers.ready;
    learnScan(letme, tables, id);
    learnScan(letme, named, name);
    const journeys = [
      { account: "example1", hops: 1, words: "1 hop" },
      { account: "example3", hops: 3, words: "3 hops" },
    ].flatMap(({ account, hops, words }) => {
      const command = [letme, "obtain", account];
      return [
        journey(`table keyed by name, ${words}`, command, named, name, 3 + hops),
        journey(`table keyed by id, ${words}`, command, tables, id, 3 + hops),
        journey(`snapshot, ${words}`, command, snapshot, id, 2 + hops),
      ];
    });
    const times = measureInTurn(
      Object.fromEntries(
        journeys.flatMap(({ what, far, near }) => [
          [`${what}, far`, far],
          [`${what}, near`, near],
        ]),
      ),
      rounds,
    );
    return {
      title: `letme obtain at a round trip of ${roundTripMilliseconds} ms, ${rounds} rounds in turn`,
      notes: [
        "TLS 1.3 with keep-alive; connecting takes its round trips too. The servers are in another process.",
        "The figure: round trips, from the difference to the same obtain without a delay (`near`).",
        "That the table keyed by id must be scanned is known, as from the second obtain on: the first takes",
        "one round trip more. Nothing else is remembered from run to run.",
      ],
      lines: journeys.flatMap((one) =>
        journeyLines(one, times[`${one.what}, far`], times[`${one.what}, near`]),
      ),
    };
  } finally {
    await servers.stop();
  }
}

/** Has letme find out whether the table must be scanned, far and near, and forget all else. */
function learnScan(letme: string, home: Home, place: Place): void {
  for (const environment of [place.far, place.near]) {
    runOnce({ command: [letme, "export", "example1"], home, environment: () => environment });
  }
  const file = ".letme/state.json";
  const { version, scans } = JSON.parse(home.read(file) ?? "{}");
  home.write(file, JSON.stringify({ version, scans }));
}

function journey(
  what: string,
  command: readonly string[],
  home: Home,
  place: Place,
  trips: number,
): Journey {
  const side = (environment: Place["near"]): Side => {
    const awsFiles = ownAwsFiles(home, awsTexts(home, 0), environment);
    const letmeHomes = mkdtempSync(join(home.path, "letme-"));
    const letmeHome = (run: number) => join(letmeHomes, String(run));
    return {
      command,
      home,
      prepare: (run) => {
        awsFiles.prepare(run);
        // A home of letme's for each run: the roles on the way would be remembered otherwise.
        cpSync(join(home.path, ".letme"), letmeHome(run), { recursive: true });
      },
      environment: (run) => ({ ...awsFiles.environment(run), LETME_HOME: letmeHome(run) }),
    };
  };
  return {
    what,
    far: side(place.far),
    near: side(place.near),
    trips,
  };
}

function journeyLines(
  { what, trips }: Journey,
  far: Times | undefined,
  near: Times | undefined,
): readonly Line[] {
  if (far === undefined || near === undefined) return [];
  const bound = trips * roundTripMilliseconds + allowedMilliseconds;
  const taken = (far.median - near.median) / roundTripMilliseconds;
  return [
    {
      what,
      times: far,
      figure: `${taken.toFixed(2)} of ${trips}`,
      bound: `${bound} ms`,
      holds: far.median <= bound,
    },
    { what: "  near", times: near },
  ];
}
