import { type AwsClient, warmConnection } from "../aws/client.ts";

/** Connections to STS that are opened before they are needed. */
export interface Warmth {
  /**
   * Opens this many, where none were opened yet: later ones would take the idle connections away
   * from the calls that these were opened for, instead of opening more.
   */
  start(count: number): void;
  /**
   * Settles when those that were started are open, or cannot be; at once where none were. Once one
   * takes too long, as where a proxy swallows what opens it, nobody waits any more.
   */
  ready(): Promise<void>;
}

/** For who calls nothing in the end: no connection is opened. */
export const noWarmth: Warmth = { start: () => undefined, ready: async () => undefined };

/** As many as calls can be under way at once. */
const mostConnections = 32;

/** A call that waits longer had better open a connection itself. */
const longestWait = 1500;

/** Warmth for what this client calls; nothing is opened yet. */
export function openWarmth(client: AwsClient): Warmth {
  const opening: Promise<void>[] = [];
  let settled = 0;
  let gaveUp = false;
  return {
    start(count) {
      if (opening.length > 0) return;
      for (let number = 0; number < Math.min(count, mostConnections); number++) {
        opening.push(
          warmConnection(client, "sts").then(() => {
            settled++;
          }),
        );
      }
    },
    async ready() {
      if (gaveUp || settled === opening.length) return;
      const late = client.host.clock.sleep(longestWait).then(() => "late" as const);
      if ((await Promise.race([Promise.all(opening), late])) !== "late" || gaveUp) return;
      gaveUp = true;
      client.trace(`the connection is not open after ${longestWait} ms: going on without it`);
    },
  };
}
