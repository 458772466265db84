import { awsTexts, homeWithSnapshot, lookedUp, ownAwsFiles } from "./homes.ts";
import { measureInTurn } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Part, plainLine, ratioLine } from "./report.ts";
import type { Responder } from "./responder.ts";
import { startServerProcess } from "./server-process.ts";
import { syncMilliseconds } from "./sync.ts";

const ratioBound = 4;

/** The two commands of every day from a snapshot, beside a program that does nothing. */
export async function measureSnapshot({
  letme,
  bare,
  exchange,
  // Enough to outlast what the machine does for seconds at a time: with a third of them, what is the
  // same differs by a tenth from one bench to the next.
  rounds = 120,
}: Bench): Promise<Part> {
  using home = homeWithSnapshot(10);
  const responder = await startServerProcess<Responder>("responder.ts");
  try {
    const environment = { AWS_ENDPOINT_URL_STS: responder.ready.url };
    const files = () => ownAwsFiles(home, awsTexts(home, 0), environment);
    const times = measureInTurn(
      {
        bare: { command: [bare], home },
        exchange: {
          command: [exchange],
          home,
          environment: () => ({ BENCH_URL: responder.ready.url }),
        },
        list: { command: [letme, "list"], home },
        dryRun: { command: [letme, "obtain", lookedUp, "--dry-run"], home, ...files() },
        obtain: { command: [letme, "obtain", lookedUp], home, ...files() },
      },
      rounds,
    );
    const sync = syncMilliseconds(home);
    return {
      title: `From a snapshot of 10 accounts, ${rounds} rounds in turn`,
      notes: [
        "STS is a process of its own on loopback, over plain http, whose one reply is ready before it is",
        "asked. Network excluded: what one exchange with it adds to the bare program is taken off.",
        `The fsyncs of an obtain (two files and their folder) take ${sync.toFixed(1)} ms here, and count too.`,
      ],
      lines: [
        plainLine("bare console.log", times.bare),
        ratioLine("letme list", times.list, times.bare, ratioBound),
        ratioLine("letme obtain --dry-run", times.dryRun, times.bare, ratioBound),
        plainLine("bare program with one exchange", times.exchange),
        ratioLine("letme obtain", times.obtain, times.bare, ratioBound, {
          here: times.exchange.median - times.bare.median,
          there: 0,
        }),
      ],
    };
  } finally {
    await responder.stop();
  }
}
