import { awsTime, warmConnection } from "../aws/client.ts";
import type { TemporaryCredentials } from "../aws/credentials.ts";
import { checkPartitions } from "../aws/partitions.ts";
import type { Command, Invocation } from "../cli/declaration.ts";
import { assumeChain } from "../obtain/assume-chain.ts";
import { planChain, type RoleChain } from "../obtain/plan.ts";
import type { ProfileToWrite } from "../profiles/profile.ts";
import { checkOwnership, previewWrite, writeProfiles } from "../profiles/store.ts";
import { requireTable } from "../registry/choose.ts";
import { formatDuration } from "../settings/duration.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { connect, openLocal, openTable, readAwsFiles, regionInUse } from "./connection.ts";
import { findAccount } from "./find-account.ts";
import { registrySettings, settingOptions } from "./setting-options.ts";
import { tokenCodes } from "./token-codes.ts";
import { dryRunOption, tellPreview, tellUpdates } from "./updates.ts";

export const obtain: Command = {
  words: "<name>",
  minimumWords: 1,
  maximumWords: 1,
  options: [
    ...settingOptions(["session_duration"]),
    {
      long: ["profile"],
      value: "NAME",
      description: "write under another name than the account's",
    },
    dryRunOption,
    {
      long: ["mfa-token", "inline-mfa", "token-code"],
      value: "CODE",
      description: "the code of your MFA device, so that it is not asked for",
      variable: "LETME_MFA_TOKEN",
    },
    ...settingOptions([...registrySettings, "mfa_arn", "session_name"]),
  ],
  details: [
    "The account's role is assumed, through a chain of roles where the registry has one, and the\ncredentials are written into your AWS files as a profile of the account's name. A profile of that\nname that is not letme's is never touched.",
  ],
  examples: [
    { command: "letme obtain example1", purpose: "get credentials for an account" },
    { command: "letme obtain example1 -d 4h", purpose: "that last four hours" },
    { command: "letme obtain example1 --mfa-token 123456", purpose: "without being asked" },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const name = given.words[0] ?? "";
    const profileName = given.value("profile") ?? name;
    const settings = readSettings(host, given.value);
    const codes = tokenCodes(invocation, settings);
    if (settings.mfaArn !== undefined && !given.on("dry-run")) codes.checkSources();
    const files = readAwsFiles(invocation);
    // A name that may not be written is found before anything is asked of the network or the user.
    checkOwnership(host, files.locations, [profileName]);

    const local = openLocal(invocation, settings, regionInUse(invocation, settings, files));
    if (local === undefined) requireTable(host, settings);
    const connection = await connect(invocation, settings, files, codes);
    const { client, source } = connection;
    const mfaArn = settings.mfaArn?.value;
    if (mfaArn !== undefined) {
      checkPartitions(client.region, [{ arn: mfaArn, what: "the MFA device" }]);
    }
    const table = local === undefined ? openTable(invocation, settings, connection) : undefined;
    const registry = local ?? table?.registry;
    if (registry === undefined) throw new Error("neither a local registry nor a table");
    // The connection to STS is opened while the table answers, or the user types the code.
    const early = registry.remote ? warmConnection(client, "sts") : undefined;
    const account = await findAccount(registry, name);
    checkPartitions(
      client.region,
      account.roles.map((arn) => ({ arn, what: `the role of \`${name}\`` })),
    );
    const asks = mfaArn !== undefined && !codes.atHand();
    const ready = early ?? (asks ? warmConnection(client, "sts") : Promise.resolve());
    const chain = planChain(account, {
      contextName: settings.contextName,
      sourceIdentity: source.identity,
      sourceIsTemporary: source.credentials.sessionToken !== undefined,
      sessionName: settings.sessionName?.value,
      durationSeconds: settings.sessionDuration.value,
    });
    tellPlan(invocation, settings, chain);
    const profileOf = (credentials: TemporaryCredentials): ProfileToWrite => ({
      name: profileName,
      credentials,
      region: account.regions[0],
      chain: chain.fingerprint,
      obtainedAt: host.clock.localTime(host.clock.now()),
    });
    if (given.on("dry-run")) {
      const profile = profileOf(standInCredentials(chain, host.clock.now()));
      return tellPreview(invocation, previewWrite(host, files.locations, [profile]));
    }
    const credentials = await assumeChain(chain, {
      client,
      source: source.credentials,
      ready,
      mfa:
        mfaArn === undefined
          ? undefined
          : { serialNumber: mfaArn, readCode: () => codes.read(mfaArn) },
      onHop: (number, roleArn) => report.progress(`[${number}/${chain.hops.length}] ${roleArn}`),
    });
    await table?.remember();
    const profiles = [profileOf(credentials)];
    tellUpdates(
      invocation,
      await writeProfiles(host, files.locations, settings.paths.lock, profiles),
    );
    const left = (credentials.expiration.getTime() - awsTime(client).getTime()) / 1000;
    report.progress(
      `The credentials of \`${profileName}\` expire in ${formatDuration(Math.round(left / 60) * 60)}, at ${credentials.expiration.toISOString().replace(".000", "")}`,
    );
    report.progress(
      `letme: use the argument '--profile ${profileName}' to interact with the account.`,
    );
  },
};

/**
 * What a dry run writes in the place of credentials: the preview hides them, so it neither assumes
 * a role nor spends an MFA code.
 */
function standInCredentials(chain: RoleChain, now: Date): TemporaryCredentials {
  const seconds = chain.hops.at(-1)?.durationSeconds ?? 0;
  return {
    accessKeyId: "hidden",
    secretAccessKey: "hidden",
    sessionToken: "hidden",
    expiration: new Date(now.getTime() + seconds * 1000),
  };
}

/** What is going to happen, before it does. */
function tellPlan({ report }: Invocation, settings: Settings, chain: RoleChain): void {
  if (settings.sessionName === undefined) {
    report.progress(`Using default session name: ${chain.roleSessionName}`);
  }
  if (chain.hops.length > 1) {
    report.progress(`More than one role detected. Total hops: ${chain.hops.length}`);
  }
  if (chain.capped) {
    const wanted = formatDuration(settings.sessionDuration.value);
    report.warn(
      `the credentials last 1h, not ${wanted}: AWS gives no more to a role that is assumed with temporary credentials, as in a chain`,
    );
  }
}
