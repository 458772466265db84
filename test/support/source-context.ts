import { awsTime } from "../../src/aws/client.ts";
import { ClockSkew } from "../../src/aws/clock-skew.ts";
import { readEndpointSettings } from "../../src/aws/endpoint-settings.ts";
import { readMaxAttempts } from "../../src/aws/retries.ts";
import type { Host } from "../../src/host.ts";
import { locateSharedFiles } from "../../src/profiles/locations.ts";
import { readSharedFiles } from "../../src/profiles/reader.ts";
import { profileInUse, sourceRegion } from "../../src/source/choose.ts";
import type { SourceContext } from "../../src/source/source.ts";

/** What the commands give the sources, on a test's machine; it takes notes where asked to. */
export function sourceContextOf(
  host: Host,
  options: {
    readonly profile?: string | undefined;
    readonly tokenCode?: (serialNumber: string) => string;
    readonly warnings?: string[];
    readonly lines?: string[];
  } = {},
): SourceContext {
  const sharedFiles = readSharedFiles(host, locateSharedFiles(host));
  const configuration = { env: host.env, profile: undefined, services: () => undefined };
  const endpoints = readEndpointSettings(configuration);
  const skew = new ClockSkew();
  return {
    host,
    awsTime: () => awsTime({ host, skew }),
    sharedFiles,
    profileName: profileInUse(host, options.profile),
    region: sourceRegion(host, sharedFiles, options.profile),
    clientIn: (region) => ({
      host,
      region,
      version: "test",
      endpoints,
      maxAttempts: readMaxAttempts(configuration),
      authorities: undefined,
      skew,
      trace: (line) => options.lines?.push(line),
      note: () => undefined,
      warn: (text) => options.warnings?.push(text),
    }),
    spendTokenCode: async (serialNumber, send) => {
      if (options.tokenCode === undefined) throw new Error(`asked for a code of ${serialNumber}`);
      return send(options.tokenCode(serialNumber));
    },
    openRoles: async () => ({
      recall: async () => undefined,
      save: async () => undefined,
      forget: async () => undefined,
      inTurn: (_, act) => act(),
    }),
    warn: (text) => options.warnings?.push(text),
    refreshLock: `${host.homeDirectory}/.letme/.refresh-lock`,
  };
}
