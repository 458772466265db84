/**
 * 50 accounts behind one bastion, over TLS 1.3 and a long way; the user's MFA device has shown a
 * thousand codes, each good once.
 */
import { startDelayProxy } from "../test/support/delay-proxy.ts";
import { addFleet } from "../test/support/fleet.ts";
import { startOrganisation, user } from "../test/support/organisation.ts";
import { serveUntilStopped } from "./server-process.ts";

export const fleetSize = 50;
export const fleetRoundTrip = 100;

/** The variables that lead a program here; `codes` are those of the MFA device. */
export interface DistantFleet {
  readonly environment: Readonly<Record<string, string>>;
  readonly codes: readonly string[];
}

if (import.meta.main) {
  const codes = Array.from({ length: 1000 }, (_, index) => String(100_000 + index));
  const standIn = await startOrganisation({ tls: true });
  standIn.addPrincipal({ ...user, mfaCodes: codes });
  await addFleet(standIn, fleetSize);
  const through = (targetPort: number) =>
    startDelayProxy({ targetPort, roundTripMilliseconds: fleetRoundTrip });
  const [sts, dynamodb] = await Promise.all([
    through(standIn.sts.port),
    through(standIn.dynamodb.port),
  ]);
  const ready: DistantFleet = {
    environment: {
      ...standIn.environment,
      AWS_ENDPOINT_URL_STS: `https://localhost:${sts.port}`,
      AWS_ENDPOINT_URL_DYNAMODB: `https://localhost:${dynamodb.port}`,
    },
    codes,
  };
  await serveUntilStopped(ready);
  await Promise.all([sts.stop(), dynamodb.stop(), standIn.stop()]);
}
