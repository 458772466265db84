import { type AwsClient, warmConnection } from "../aws/client.ts";

/** Connections to STS that are opened before they are needed. */
export interface Warmth {
  /**
   * Opens this many, where none were opened yet: later ones would take the idle connections away
   * from the calls that these were opened for, instead of opening more.
   */
  start(count: number): void;
  /** Settles when those that were started are open, or cannot be; at once where none were. */
  ready(): Promise<void>;
}

/** As many as calls can be under way at once. */
const mostConnections = 32;

export function openWarmth(client: AwsClient): Warmth {
  const opening: Promise<void>[] = [];
  return {
    start(count) {
      if (opening.length > 0) return;
      for (let number = 0; number < Math.min(count, mostConnections); number++) {
        opening.push(warmConnection(client, "sts"));
      }
    },
    async ready() {
      await Promise.all(opening);
    },
  };
}
