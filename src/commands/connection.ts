import { readAuthorities } from "../aws/authorities.ts";
import { type AwsClient, awsTime } from "../aws/client.ts";
import { ClockSkew } from "../aws/clock-skew.ts";
import { readEndpointSettings } from "../aws/endpoint-settings.ts";
import { endpointOf, type Service } from "../aws/endpoints.ts";
import { AwsError } from "../aws/errors.ts";
import { Holder, refusesKeys } from "../aws/holder.ts";
import { readMaxAttempts } from "../aws/retries.ts";
import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import type { Settings } from "../settings/settings.ts";
import { chooseSource, profileInUse, sourceRegion } from "../source/choose.ts";
import type { ChosenSource, SourceContext, SourceCredentials } from "../source/source.ts";
import { openState, type StateFile } from "../state/state.ts";
import type { AwsFiles } from "./aws-files.ts";
import type { RoleMemorySettings } from "./source-roles.ts";
import { type TokenCodes, tokenCodes } from "./token-codes.ts";

/** The region that holds for this run, where any place names one. */
export function regionInUse(
  { host }: Invocation,
  settings: Settings,
  files: AwsFiles,
): string | undefined {
  return (
    settings.sourceRegion?.value ?? sourceRegion(host, files.shared, settings.sourceProfile?.value)
  );
}

/** A way to AWS: who asks, and where. */
export interface Connection {
  readonly client: AwsClient;
  readonly source: SourceInUse;
}

/** A source whose credentials are loaded once in a run, however often they are asked for. */
export interface SourceInUse extends ChosenSource {
  /** Does a call with them; where AWS no longer takes remembered ones, again with new ones. */
  use<T>(call: (found: SourceCredentials) => Promise<T>): Promise<T>;
}

/** What the sources work with in this run, by a client for the profile that they start at. */
export function sourceContext(
  invocation: Invocation,
  settings: RoleMemorySettings,
  { shared }: AwsFiles,
  sourceProfile: string | undefined,
  client: AwsClient,
  codes: TokenCodes,
): SourceContext {
  const { host, report } = invocation;
  return {
    host,
    awsTime: () => awsTime(client),
    sharedFiles: shared,
    profileName: profileInUse(host, sourceProfile),
    region: client.region,
    clientIn: (region) => ({ ...client, region }),
    spendTokenCode: codes.spend,
    openRoles: async () => {
      const { openRoleMemory } = await import("./source-roles.ts");
      return openRoleMemory(invocation, settings, client);
    },
    warn: report.warn,
    refreshLock: settings.paths.refreshLock,
  };
}

/**
 * Finds the region and the source; nothing is asked of the network before its credentials are. A
 * wrong endpoint of these services is found now too, not after a request to another.
 */
export function connect(
  invocation: Invocation,
  settings: Settings,
  files: AwsFiles,
  services: readonly Service[],
  codes: TokenCodes = tokenCodes(invocation, settings),
): Connection {
  const { report } = invocation;
  const region = regionInUse(invocation, settings, files);
  if (region === undefined) {
    throw new LetmeError("configuration", "no region is set", {
      hint: `set \`aws_source_profile_region\` in \`${settings.paths.config}\`, AWS_REGION, or give \`--source-region REGION\``,
    });
  }
  const sourceProfile = settings.sourceProfile?.value;
  const client = openClient(invocation, files, sourceProfile, region);
  for (const service of services) endpointOf(service, region, client.endpoints);
  warnOfManagedSource(invocation, settings, files);
  const context = sourceContext(invocation, settings, files, sourceProfile, client, codes);
  const source = inUse(chooseSource(context, sourceProfile), (found) => {
    report.debug(`source credentials: ${found.origin}; region: ${region}`);
    codes.checkUse(found);
  });
  return { client, source };
}

/** Has the credentials of a source loaded once; `loaded` is told of them. */
export function inUse(
  source: ChosenSource,
  loaded: (found: SourceCredentials) => void,
): SourceInUse {
  let byCode = false;
  const holder = new Holder<SourceCredentials>({
    async open() {
      const credentials = await source.load();
      loaded(credentials);
      byCode = credentials.byCode === true;
      return { credentials, remembered: credentials.renew !== undefined };
    },
    renewsFreely: async () => !byCode,
    async renew(stale) {
      const credentials = (await stale.renew?.()) ?? stale;
      loaded(credentials);
      return credentials;
    },
  });
  return {
    ...source,
    load: async () => (await holder.get()).credentials,
    use: async (call) => {
      try {
        return await holder.use(call);
      } catch (error) {
        throw error instanceof AwsError && refusesKeys(error.refusal)
          ? error.withAdvice(`the source is ${(await holder.get()).credentials.origin}`)
          : error;
      }
    },
  };
}

/** The way to AWS, by the environment and the profile in use as source. */
export function openClient(
  { host, report, version }: Invocation,
  { shared }: AwsFiles,
  sourceProfile: string | undefined,
  region: string,
): AwsClient {
  const configuration = {
    env: host.env,
    profile: shared.profile(profileInUse(host, sourceProfile)),
    services: (name: string) => shared.services(name),
  };
  return {
    host,
    region,
    version,
    endpoints: readEndpointSettings(configuration),
    maxAttempts: readMaxAttempts(configuration),
    authorities: readAuthorities(host, configuration),
    skew: new ClockSkew(),
    trace: report.debug,
    // Who reads a file of the output later has not waited.
    note: (text) => {
      if (host.terminal.isTerminal("stderr")) report.progress(text);
    },
    warn: report.warn,
  };
}

/** What letme remembers between runs. */
export function stateOf(
  { host, report }: Invocation,
  settings: Pick<Settings, "paths">,
  client: AwsClient,
): StateFile {
  return openState(host, settings.paths.state, report.warn, () => awsTime(client));
}

/**
 * With AWS_PROFILE set to a profile that letme wrote, as after `obtain`, the next account would be
 * asked for as that profile's role: seldom what is meant, and its refusal would be hard to explain.
 */
function warnOfManagedSource(
  { host, report }: Invocation,
  settings: Settings,
  { locations, documents }: AwsFiles,
): void {
  const name = host.env["AWS_PROFILE"];
  if (name === undefined || name === "" || settings.sourceProfile !== undefined) return;
  if (host.env["AWS_ACCESS_KEY_ID"]) return;
  if (readManagedProfiles(host, locations, [name], documents.latest).length === 0) return;
  report.warn(
    `the source is the profile \`${name}\` (from AWS_PROFILE), which letme itself wrote: set \`aws_source_profile\` to start from your own credentials`,
  );
}
