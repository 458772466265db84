/**
 * The organisation of the tests behind proxies, over TLS 1.3: one whose table is keyed by name, one
 * keyed by id, each near (no delay) and far.
 */
import { type DelayProxy, startDelayProxy } from "../test/support/delay-proxy.ts";
import { startOrganisation } from "../test/support/organisation.ts";
import type { StandIn } from "../test/support/stand-in.ts";
import { serveUntilStopped } from "./server-process.ts";

export const roundTripMilliseconds = 100;

type Environment = Readonly<Record<string, string>>;
export interface Place {
  /** The variables that lead a program here without a delay, and with one. */
  readonly near: Environment;
  readonly far: Environment;
}

/** What the servers say when they are ready: the places by the key of their table. */
export type Distant = Readonly<Record<"name" | "id", Place>>;

const standIns: StandIn[] = [];
const proxies: DelayProxy[] = [];

async function settle(key: "name" | "id"): Promise<Place> {
  const standIn = await startOrganisation({ tls: true, key });
  standIns.push(standIn);
  return { near: await lead(standIn, 0), far: await lead(standIn, roundTripMilliseconds) };
}

async function lead(standIn: StandIn, delay: number): Promise<Environment> {
  const through = async (targetPort: number) => {
    const proxy = await startDelayProxy({ targetPort, roundTripMilliseconds: delay });
    proxies.push(proxy);
    return `https://localhost:${proxy.port}`;
  };
  return {
    ...standIn.environment,
    AWS_ENDPOINT_URL_STS: await through(standIn.sts.port),
    AWS_ENDPOINT_URL_DYNAMODB: await through(standIn.dynamodb.port),
  };
}

if (import.meta.main) {
  const ready: Distant = { name: await settle("name"), id: await settle("id") };
  await serveUntilStopped(ready);
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await Promise.all(standIns.map((standIn) => standIn.stop()));
}
