import type { Home } from "../test/support/home.ts";
import { awsTexts, homeWithSnapshot, lookedUp, ownAwsFiles } from "./homes.ts";
import { measureInTurn, type Side } from "./measure.ts";
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
    const side = (home: Home, ...options: readonly string[]): Side => ({
      command: [letme, "obtain", lookedUp, ...options],
      home,
      ...ownAwsFiles(home, awsTexts(home, 0), environment),
    });
    const times = measureInTurn(
      {
        drySmall: side(small, "--dry-run"),
        dryLarge: side(large, "--dry-run"),
        small: side(small),
        large: side(large),
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
