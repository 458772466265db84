import { type AwsClient, warmConnection } from "../aws/client.ts";

/** Connections to STS that are opened before they are needed. */
export interface Warmth {
  /** Sees to it that this many are opened. */
  start(count: number): void;
  /** Settles when those that were started until now are open, or cannot be. */
  ready(): Promise<void>;
}

/** As many as calls can be under way at once. */
const mostConnections = 32;

export function openWarmth(client: AwsClient): Warmth {
  const opening: Promise<void>[] = [];
  return {
    start(count) {
      while (opening.length < Math.min(count, mostConnections)) {
        opening.push(warmConnection(client, "sts"));
      }
    },
    async ready() {
      await Promise.all(opening);
    },
  };
}
