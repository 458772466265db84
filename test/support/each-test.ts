import { afterEach, beforeEach } from "bun:test";
import { type Home, newHome } from "./home.ts";
import { settleIn, startOrganisation } from "./organisation.ts";
import type { StandIn } from "./stand-in.ts";

/** What a test of the binary works with. */
export interface Place {
  readonly standIn: StandIn;
  /** The home of the organisation's user, with credentials and letme-config. */
  readonly home: Home;
}

/** Gives each test of the file that calls this a place of its own, and clears it away behind it. */
export function placeForEachTest(
  options: Parameters<typeof startOrganisation>[0] & {
    /** What letme-config says beside the usual. */
    readonly settings?: Readonly<Record<string, string>>;
  },
  use: (place: Place) => void,
): void {
  let place: Place | undefined;
  beforeEach(async () => {
    const standIn = await startOrganisation(options);
    const home = newHome();
    settleIn(home, options.settings);
    place = { standIn, home };
    use(place);
  });
  afterEach(async () => {
    await place?.standIn.stop();
    place?.home.dispose();
    place = undefined;
  });
}
