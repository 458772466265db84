import { homeWithSnapshot, lookedUp, restoring } from "./homes.ts";
import { measureInTurn } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Part, plainLine, ratioLine } from "./report.ts";
import type { Responder } from "./responder.ts";
import { startServerProcess } from "./server-process.ts";

const ratioBound = 1.5;
const many = 100_000;
const few = 10;

/** Looking up one account in a large snapshot beside a small one. */
export async function measureLargeRegistry({ letme, rounds = 40 }: Bench): Promise<Part> {
  using small = homeWithSnapshot(few);
  using large = homeWithSnapshot(many);
  const responder = await startServerProcess<Responder>("responder.ts");
  try {
    const environment = { AWS_ENDPOINT_URL_STS: responder.ready.url };
    const command = [letme, "obtain", lookedUp];
    const inSmall = { home: small, environment, prepare: restoring(small) };
    const inLarge = { home: large, environment, prepare: restoring(large) };
    const times = measureInTurn(
      {
        drySmall: { command: [...command, "--dry-run"], ...inSmall },
        dryLarge: { command: [...command, "--dry-run"], ...inLarge },
        small: { command, ...inSmall },
        large: { command, ...inLarge },
      },
      rounds,
    );
    const of = (count: number) => `in ${count.toLocaleString("en")} accounts`;
    return {
      title: `Looking up an account in a snapshot, ${rounds} rounds in turn`,
      notes: [
        "Whole process. --dry-run does all but the requests and the writing: the lookup weighs most there.",
      ],
      lines: [
        plainLine(`letme obtain --dry-run ${of(few)}`, times.drySmall),
        ratioLine(`letme obtain --dry-run ${of(many)}`, times.dryLarge, times.drySmall, ratioBound),
        plainLine(`letme obtain ${of(few)}`, times.small),
        ratioLine(`letme obtain ${of(many)}`, times.large, times.small, ratioBound),
      ],
    };
  } finally {
    await responder.stop();
  }
}
