import { awsTime } from "../aws/client.ts";
import type { TemporaryCredentials } from "../aws/credentials.ts";
import { endpointOf } from "../aws/endpoints.ts";
import type { Invocation, Option } from "../cli/declaration.ts";
import type { WrittenProfile } from "../obtain/keep.ts";
import { type Memory, maskedKeyId, memoryKey } from "../obtain/memory.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import { readDocuments } from "../profiles/ownership-check.ts";
import { readSharedFiles } from "../profiles/reader.ts";
import { readSettings } from "../settings/settings.ts";
import type { AccountChain } from "../state/content.ts";
import type { StateFile } from "../state/state.ts";
import { type AwsFiles, readAwsFiles } from "./aws-files.ts";
import type { Connection } from "./connection.ts";
import { type CommonGround, openGround } from "./ground.ts";
import type { ObtainedCredentials } from "./obtain-todo.ts";
import { keepingOptions, readMinRemaining } from "./selection.ts";
import { registrySettings, settingOptions } from "./setting-options.ts";
import { tellHops } from "./telling.ts";
import { tokenCodeOption, tokenCodes } from "./token-codes.ts";
import { findWork, type Kept, saveLearnt } from "./work.ts";

/** The credentials of an account, for a program to use. */
export interface AccountCredentials {
  readonly accountName: string;
  /** The account's main region; undefined where the registry names none. */
  readonly region: string | undefined;
  readonly credentials: TemporaryCredentials;
}

/** The options of a command that gives credentials of one account to a program. */
export const accountOptions: readonly Option[] = [
  ...settingOptions(["session_duration"]),
  ...keepingOptions,
  tokenCodeOption,
  ...settingOptions([...registrySettings, "mfa_arn", "session_name"]),
];

/**
 * The credentials of an account: those that are still valid, in the AWS files or in letme's memory,
 * else new ones, which are remembered until they end. Nothing is written into the AWS files. Many
 * letmes at once make one call between them. Throws what `obtain` does.
 */
export async function accountCredentials(
  invocation: Invocation,
  name: string,
): Promise<AccountCredentials> {
  const { host, arguments: given } = invocation;
  const minRemaining = readMinRemaining(given);
  const settings = readSettings(host, given.value);
  const codes = tokenCodes(invocation, settings);
  if (settings.mfaArn !== undefined) codes.checkGiven();
  const files = readAwsFiles(invocation);
  const common = openGround(invocation, settings, files, codes);
  const { connection, state } = common;
  const origin = await originOf(connection);
  let there: readonly HeldProfile[] = [];
  const look = async () => {
    there = given.on("renew") ? [] : await heldProfiles(invocation, files, state, name, origin);
    return new Map([[name, there]]);
  };
  const ground = { ...common, minRemaining, profileName: undefined };
  const selection = { by: "names", names: [name] } as const;
  const work = await findWork({ ...ground, written: await look() }, selection);
  const [failure] = work.failed;
  if (failure !== undefined) throw failure.error;
  let kept: readonly Kept[] = work.kept;
  let obtained: HeldProfile | undefined;
  if (work.todo.length === 0) await saveLearnt(state, work);
  else {
    const { obtainTodo } = await import("./obtain-todo.ts");
    const result = await obtainTodo(
      {
        ...{ ...ground, files, codes },
        telling: tellHops(invocation, settings, () => awsTime(connection.client)),
        written: () => {
          // Both files anew, so that what is taken from them is of one moment.
          readDocuments(files.documents.current);
          return look();
        },
        delivery: {
          prepare: () => undefined,
          async deliver([one], memory) {
            if (one !== undefined) obtained = await remember(common, one, origin, memory);
          },
        },
      },
      work,
    );
    const [refused] = result.failed;
    if (refused !== undefined) throw refused.error;
    kept = result.kept;
  }
  const held = obtained ?? there.find((one) => kept.some(({ profile }) => profile === one));
  if (held === undefined) throw new Error("neither kept nor obtained");
  return { accountName: name, region: held.region, credentials: held.credentials };
}

/** Credentials that are there, and what they stand for. */
interface HeldProfile extends WrittenProfile {
  readonly credentials: TemporaryCredentials;
}

/**
 * Where STS is asked and with which access key, as far as that is known without asking the source:
 * what is remembered is for no other endpoint, nor for somebody else's keys.
 */
async function originOf({ client, source }: Connection): Promise<string> {
  const { url } = endpointOf("sts", client.region, client.endpoints);
  return memoryKey([client.region, url, (await source.accessKeyId()) ?? null]);
}

/** Puts what was obtained into letme's memory, and gives it back. */
async function remember(
  { settings, connection }: CommonGround,
  { todo, credentials }: ObtainedCredentials,
  origin: string,
  memory: Memory,
): Promise<HeldProfile> {
  const { account, digest } = todo.chain;
  const [region] = account.regions;
  const stands = { chain: digest, ...(region === undefined ? {} : { region }) };
  const source = await connection.source.load();
  const byCode = settings.mfaArn !== undefined || source.byCode === true;
  // Who wants each MFA code asked wants nothing remembered that one gave.
  if (!byCode || settings.mfaSession.value !== "off") {
    const key = memoryKey(["account", account.name, digest, region ?? null, origin]);
    memory.record(key, credentials, {
      kind: "account",
      label: account.name,
      source: maskedKeyId(source.credentials.accessKeyId),
      region: connection.client.region,
      stands: { ...stands, origin },
    });
  }
  return heldProfile(credentials, stands);
}

/**
 * Those of the profile and those that are remembered, which may be of several chains and durations;
 * the ones that last longest come first.
 */
async function heldProfiles(
  invocation: Invocation,
  files: AwsFiles,
  state: StateFile,
  name: string,
  origin: string,
): Promise<readonly HeldProfile[]> {
  const written = writtenProfile(invocation, files, name);
  const remembered = Object.values((await state.read()).credentials).flatMap(
    ({ kind, label, stands, expiration, ...keys }) => {
      if (kind !== "account" || label !== name || stands?.origin !== origin) return [];
      const { accessKeyId, secretAccessKey, sessionToken } = keys;
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      return [heldProfile({ ...credentials, expiration: new Date(expiration) }, stands)];
    },
  );
  const endOf = ({ credentials }: HeldProfile) => credentials.expiration.getTime();
  return [...(written === undefined ? [] : [written]), ...remembered].toSorted(
    (one, other) => endOf(other) - endOf(one),
  );
}

function writtenProfile(
  { host }: Invocation,
  { locations, documents }: AwsFiles,
  name: string,
): HeldProfile | undefined {
  const [profile] = readManagedProfiles(host, locations, [name], documents.latest);
  if (profile?.expiration === undefined || profile.chain === undefined) return undefined;
  const section = readSharedFiles(host, locations, documents.latest).profile(name);
  const [accessKeyId, secretAccessKey, sessionToken] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
  ].map((key) => section?.get(key));
  if (!accessKeyId || !secretAccessKey || !sessionToken) return undefined;
  const { expiration, chain, region, owner } = profile;
  const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration };
  const held = heldProfile(credentials, { chain, ...(region === undefined ? {} : { region }) });
  return owner === undefined ? held : { ...held, owner };
}

function heldProfile(credentials: TemporaryCredentials, stands: AccountChain): HeldProfile {
  const { expiration } = credentials;
  return { inCredentials: true, inConfig: true, expiration, ...stands, credentials };
}
