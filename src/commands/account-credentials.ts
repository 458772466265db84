import { awsTime } from "../aws/client.ts";
import type { TemporaryCredentials } from "../aws/credentials.ts";
import type { Invocation, Option } from "../cli/declaration.ts";
import { type Memory, maskedKeyId, memoryKey } from "../obtain/memory.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import { readSharedFiles } from "../profiles/reader.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { AccountChain } from "../state/content.ts";
import type { StateFile } from "../state/state.ts";
import { type AwsFiles, readAwsFiles } from "./connection.ts";
import { type CommonGround, type Ground, openGround } from "./ground.ts";
import type { ObtainedCredentials } from "./obtain-todo.ts";
import { keepingOptions, readMinRemaining } from "./selection.ts";
import { registrySettings, settingOptions } from "./setting-options.ts";
import { tellHops } from "./telling.ts";
import { tokenCodeOption, tokenCodes } from "./token-codes.ts";
import { findWork, saveLearnt } from "./work.ts";

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
  const place = { invocation, settings, files, state, name };
  const recall = async () => (given.on("renew") ? undefined : await heldCredentials(place));
  let held = await recall();
  const ground = { ...common, minRemaining, profileName: undefined };
  const selection = { by: "names", names: [name] } as const;
  const work = await findWork({ ...ground, written: asWritten(name, held) }, selection);
  const [failure] = work.failed;
  if (failure !== undefined) throw failure.error;
  if (work.todo.length === 0) await saveLearnt(state, work);
  else {
    const { obtainTodo } = await import("./obtain-todo.ts");
    const { failed } = await obtainTodo(
      {
        ...{ ...ground, files, codes },
        telling: tellHops(invocation, settings, () => awsTime(connection.client)),
        written: async () => {
          held = await recall();
          return asWritten(name, held);
        },
        delivery: {
          prepare: () => undefined,
          async deliver(obtained, memory) {
            held = await remember(common, obtained, memory);
          },
        },
      },
      work,
    );
    const [refused] = failed;
    if (refused !== undefined) throw refused.error;
  }
  if (held === undefined) throw new Error("neither kept nor obtained");
  return { accountName: name, region: held.stands.region, credentials: held.credentials };
}

/** Puts what was obtained into letme's memory, and gives it back. */
async function remember(
  { settings, connection }: CommonGround,
  [obtained]: readonly ObtainedCredentials[],
  memory: Memory,
): Promise<Held | undefined> {
  if (obtained === undefined) return undefined;
  const { todo, credentials } = obtained;
  const { account, fingerprint } = todo.chain;
  const [region] = account.regions;
  const stands = { chain: fingerprint, ...(region === undefined ? {} : { region }) };
  // Who wants each MFA code asked wants nothing remembered that one gave.
  if (settings.mfaArn === undefined || settings.mfaSession.value !== "off") {
    const source = maskedKeyId((await connection.source.load()).credentials.accessKeyId);
    const what = { label: account.name, source, region: connection.client.region, stands };
    memory.record(keyOf(settings, account.name), credentials, { kind: "account", ...what });
  }
  return { credentials, stands };
}

/** Credentials that are there, and what they stand for. */
interface Held {
  readonly credentials: TemporaryCredentials;
  readonly stands: AccountChain;
}

interface Place {
  readonly invocation: Invocation;
  readonly settings: Settings;
  readonly files: AwsFiles;
  readonly state: StateFile;
  readonly name: string;
}

/** Those of the profile or those that are remembered, whichever last longer. */
async function heldCredentials(place: Place): Promise<Held | undefined> {
  const [written, remembered] = [writtenCredentials(place), await rememberedCredentials(place)];
  if (written === undefined || remembered === undefined) return written ?? remembered;
  const endOf = (held: Held) => held.credentials.expiration.getTime();
  return endOf(remembered) > endOf(written) ? remembered : written;
}

function writtenCredentials({ invocation: { host }, files, name }: Place): Held | undefined {
  const { locations } = files;
  const [profile] = readManagedProfiles(host, locations, [name]);
  if (profile?.expiration === undefined || profile.chain === undefined) return undefined;
  const section = readSharedFiles(host, locations).profile(name);
  const [accessKeyId, secretAccessKey, sessionToken] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
  ].map((key) => section?.get(key));
  if (!accessKeyId || !secretAccessKey || !sessionToken) return undefined;
  const { expiration, chain, region } = profile;
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration },
    stands: { chain, ...(region === undefined ? {} : { region }) },
  };
}

async function rememberedCredentials({ settings, state, name }: Place): Promise<Held | undefined> {
  const found = (await state.read()).credentials[keyOf(settings, name)];
  if (found?.stands === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken, expiration, stands } = found;
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) },
    stands,
  };
}

/** One entry an account of a context; what it stands for is looked at before it is used. */
function keyOf({ contextName }: Settings, name: string): string {
  return memoryKey(["account", contextName, name]);
}

function asWritten(name: string, held: Held | undefined): Ground["written"] {
  if (held === undefined) return new Map();
  const { expiration } = held.credentials;
  return new Map([[name, { inCredentials: true, inConfig: true, expiration, ...held.stands }]]);
}
