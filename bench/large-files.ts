import type { Home } from "../test/support/home.ts";
import { awsFiles, homeWithSnapshot, lookedUp, restoring } from "./homes.ts";
import { measureInTurn, runOnce, type Side } from "./measure.ts";
import type { Bench } from "./part.ts";
import { type Part, plainLine, ratioLine } from "./report.ts";
import type { Responder } from "./responder.ts";
import { startServerProcess } from "./server-process.ts";
import { syncMilliseconds } from "./sync.ts";

const ratioBound = 1.3;
const many = 2000;

/** An obtain into AWS files with many other profiles, beside files with the source profile alone. */
export async function measureLargeFiles({ letme, rounds = 40 }: Bench): Promise<Part> {
  using small = homeWithSnapshot(10);
  using large = homeWithSnapshot(10);
  const responder = await startServerProcess<Responder>("responder.ts");
  try {
    const environment = { AWS_ENDPOINT_URL_STS: responder.ready.url };
    const command = [letme, "obtain", lookedUp];
    const side = (home: Home, count: number): Side => ({
      command,
      home,
      environment,
      prepare: restoring(home, awsFiles(home, count)),
    });
    const fresh = { small: side(small, 0), large: side(large, many) };
    const times = measureInTurn(
      {
        small: fresh.small,
        large: fresh.large,
        smallAgain: renewing(fresh.small),
        largeAgain: renewing(fresh.large),
      },
      rounds,
    );
    const length = awsFiles(large, many).credentials.length;
    const syncs = [syncMilliseconds(small), syncMilliseconds(large, length)]
      .map((milliseconds) => milliseconds.toFixed(1))
      .join(" and ");
    return {
      title: `letme obtain with ${many} other profiles in both AWS files, ${rounds} rounds in turn`,
      notes: [
        "Network excluded as above. Beside it: files with nothing but the source profile.",
        `The fsyncs take ${syncs} ms of it.`,
      ],
      lines: [
        plainLine("new profile, no others", times.small),
        ratioLine(`new profile, ${many} others`, times.large, times.small, ratioBound),
        plainLine("renewed profile, no others", times.smallAgain),
        ratioLine(
          `renewed profile, ${many} others`,
          times.largeAgain,
          times.smallAgain,
          ratioBound,
        ),
      ],
    };
  } finally {
    await responder.stop();
  }
}

/** The same where the profile is there already. */
function renewing(side: Side): Side {
  runOnce(side);
  const { home } = side;
  const texts = {
    config: home.read(".aws/config") ?? "",
    credentials: home.read(".aws/credentials") ?? "",
  };
  return { ...side, prepare: restoring(home, texts) };
}
