import { readFileSync } from "node:fs";
import type { Home } from "../test/support/home.ts";
import { type AwsTexts, awsTexts, homeWithSnapshot, lookedUp, ownAwsFiles } from "./homes.ts";
import { measureInTurn, runOnce, type Side } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Part, plainLine, ratioLine } from "./report.ts";
import type { Responder } from "./responder.ts";
import { startServerProcess } from "./server-process.ts";
import { syncMilliseconds } from "./sync.ts";

const ratioBound = 1.3;
const many = 2000;

/** An obtain into AWS files with many other profiles, beside files with the source profile alone. */
export async function measureLargeFiles({
  letme,
  bare,
  exchange,
  rounds = 40,
}: Bench): Promise<Part> {
  using small = homeWithSnapshot(10);
  using large = homeWithSnapshot(10);
  const responder = await startServerProcess<Responder>("responder.ts");
  try {
    const environment = { AWS_ENDPOINT_URL_STS: responder.ready.url };
    const command = [letme, "obtain", lookedUp];
    const side = (home: Home, texts: AwsTexts): Side => ({
      command,
      home,
      ...ownAwsFiles(home, texts, environment),
    });
    const keeping = (home: Home, texts: AwsTexts) => side(home, textsAfter(side(home, texts)));
    const renewing = (home: Home, texts: AwsTexts) =>
      side(home, expired(textsAfter(side(home, texts))));
    const texts = { small: awsTexts(small, 0), large: awsTexts(large, many) };
    const times = measureInTurn(
      {
        bare: { command: [bare], home: small },
        exchange: {
          command: [exchange],
          home: small,
          environment: () => ({ BENCH_URL: responder.ready.url }),
        },
        small: side(small, texts.small),
        large: side(large, texts.large),
        smallAgain: renewing(small, texts.small),
        largeAgain: renewing(large, texts.large),
        smallKept: keeping(small, texts.small),
        largeKept: keeping(large, texts.large),
      },
      rounds,
    );
    const network = times.exchange.median - times.bare.median;
    const excluded = { here: network, there: network };
    const syncs = [syncMilliseconds(small), syncMilliseconds(large, texts.large.credentials.length)]
      .map((milliseconds) => milliseconds.toFixed(1))
      .join(" and ");
    return {
      title: `letme obtain with ${many} other profiles in both AWS files, ${rounds} rounds in turn`,
      notes: [
        "Network excluded: what one exchange with the same server adds to the bare program is taken off;",
        "credentials that are kept take none.",
        "Beside it: files with nothing but the source profile.",
        `The fsyncs take ${syncs} ms of it.`,
      ],
      lines: [
        plainLine("new profile, no others", times.small),
        ratioLine(`new profile, ${many} others`, times.large, times.small, ratioBound, excluded),
        plainLine("renewed profile, no others", times.smallAgain),
        ratioLine(
          `renewed profile, ${many} others`,
          times.largeAgain,
          times.smallAgain,
          ratioBound,
          excluded,
        ),
        plainLine("kept profile, no others", times.smallKept),
        ratioLine(`kept profile, ${many} others`, times.largeKept, times.smallKept, ratioBound),
      ],
    };
  } finally {
    await responder.stop();
  }
}

/** What a run leaves in the AWS files: the profile among the others. */
function textsAfter(side: Side): AwsTexts {
  side.prepare?.(0);
  runOnce(side);
  const read = (name: string) => readFileSync(side.environment?.(0)[name] ?? "", "utf8");
  return { config: read("AWS_CONFIG_FILE"), credentials: read("AWS_SHARED_CREDENTIALS_FILE") };
}

/** The credentials of letme's profile have run out. */
function expired({ config, credentials }: AwsTexts): AwsTexts {
  return {
    config,
    credentials: credentials.replace(/^#expires \S+/m, "#expires 2020-01-01T00:00:00Z"),
  };
}
