import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { fromIni, fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { LetmeError } from "../../src/errors.ts";
import { realHost } from "../../src/io/machine.ts";
import { chooseSource } from "../../src/source/choose.ts";
import { callSts } from "../stand-in/client.ts";
import { newHome } from "../support/home.ts";
import { region, user } from "../support/organisation.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { loginCachePath } from "../support/source-homes.ts";
import { type SourceWorld, startSourceWorld } from "../support/source-world.ts";
import { type ProfileSetup, profileSetups } from "./profile-setups.ts";

let world: SourceWorld;
const before = { ...process.env };

beforeAll(async () => {
  world = await startSourceWorld();
});
afterAll(async () => {
  setEnvironment(before);
  await world.stop();
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What a resolution came to, and what it asked STS for on its way. */
interface Outcome {
  readonly result: string;
  readonly asked: readonly unknown[];
}

test("there are at least 40 set-ups", () => {
  expect(Object.keys(profileSetups).length).toBeGreaterThanOrEqual(40);
});

describe.each(Object.keys(profileSetups))("%s", (name) => {
  const setup = profileSetups[name] ?? {};
  test("letme and the SDK come to the same", async () => {
    const letme = await inNewHome(setup, letmeResolves);
    const sdk = await inNewHome(setup, sdkResolves);
    expect(letme.result.startsWith("fails")).toBe(setup.fails !== undefined);
    if (setup.fails !== undefined) expect(letme.result).toMatch(setup.fails);
    if (setup.sdk !== undefined) {
      expect(sdk.result).toContain(setup.sdk);
      return;
    }
    if (setup.fails !== undefined) return expect(sdk.result).toStartWith("fails");
    expect(sdk).toEqual(letme);
  });
});

/** Runs one resolution in a home of its own, so that neither sees what the other refreshed. */
async function inNewHome(
  setup: ProfileSetup,
  resolve: (setup: ProfileSetup) => Promise<Keys>,
): Promise<Outcome> {
  using home = newHome();
  const values = {
    CONTAINER: world.services.containerUrl,
    INSTANCE: world.services.instanceUrl,
    ...(await setup.prepare?.(home, world)),
  };
  const filled = (text: string) =>
    Object.entries(values).reduce((done, [key, value]) => done.replaceAll(`{${key}}`, value), text);
  home.write(".aws/config", filled(setup.config ?? ""));
  home.write(".aws/credentials", filled(setup.credentials ?? ""));
  const own = Object.entries(setup.env ?? {}).map(([key, value]) => [key, filled(value)]);
  setEnvironment({
    ...home.environment(world.environment),
    PATH: before["PATH"],
    AWS_REGION: region,
    AWS_CONFIG_FILE: home.awsConfig,
    AWS_SHARED_CREDENTIALS_FILE: home.awsCredentials,
    // The SDK asks the system where home is, which is not told of a change.
    AWS_LOGIN_CACHE_DIRECTORY: dirname(join(home.path, loginCachePath)),
    ...Object.fromEntries(own),
  });
  const from = world.standIn.log.entries.length;
  let result: string;
  try {
    const keys = await resolve(setup);
    result = await describeKeys(keys, setup);
  } catch (error) {
    result = `fails: ${error instanceof Error ? error.message : String(error)}`;
  }
  const requests = world.standIn.log.entries.slice(from);
  return {
    result,
    asked: requests.filter(isResolution).map(({ parameters }) => plain(parameters)),
  };
}

async function letmeResolves(setup: ProfileSetup): Promise<Keys> {
  const host = { ...realHost(), homeDirectory: process.env["HOME"] ?? "" };
  const context = sourceContextOf(host, { profile: setup.profile, tokenCode: nextCode });
  try {
    const source = chooseSource(context, setup.profile);
    const { credentials } = await source.load();
    // What is said of the source without asking for its credentials must be true of them.
    expect([undefined, credentials.sessionToken !== undefined]).toContain(source.isTemporary);
    return credentials;
  } catch (error) {
    // A defect must not pass for a refusal.
    if (error instanceof LetmeError) throw error;
    throw new Error("no LetmeError", { cause: error });
  }
}

function sdkResolves(setup: ProfileSetup): Promise<Keys> {
  const options = {
    ignoreCache: true,
    clientConfig: { region },
    mfaCodeProvider: async (serialNumber: string) => nextCode(serialNumber),
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  };
  return setup.profile === undefined
    ? fromNodeProviderChain(options)()
    : fromIni({ ...options, profile: setup.profile })();
}

/** Keys that STS issued differ each time: then the caller that they stand for counts. */
async function describeKeys(keys: Keys, setup: ProfileSetup): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const given = { accessKeyId, secretAccessKey };
  const reply = await callSts(
    world.standIn,
    sessionToken === undefined ? given : { ...given, sessionToken },
    { Action: "GetCallerIdentity" },
  );
  const arn = /<Arn>(.*)<\/Arn>/.exec(reply.text)?.[1];
  if (arn === undefined || arn === user.arn) return JSON.stringify(keysOnly(keys));
  // Each has its own name for sessions that are given none.
  const isNamed = setup.config?.includes("role_session_name") === true;
  return isNamed ? arn : arn.split("/").slice(0, 2).join("/");
}

function keysOnly({ accessKeyId, secretAccessKey, sessionToken }: Keys) {
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? null };
}

const isResolution = ({ operation }: { readonly operation: string }) =>
  operation.startsWith("AssumeRole");

/** What counts of an AssumeRole: not the names that differ, nor the codes, which are good once. */
function plain(parameters: Readonly<Record<string, unknown>>) {
  const { RoleSessionName, TokenCode, ...rest } = parameters;
  const isOwn = typeof RoleSessionName === "string" && /^(letme|aws-sdk-js)-/.test(RoleSessionName);
  return {
    ...rest,
    RoleSessionName: isOwn ? "own" : RoleSessionName,
    code: TokenCode !== undefined,
  };
}

function nextCode(serialNumber: string): string {
  world.standIn.clock.advance(30_000);
  return world.standIn.currentCode(serialNumber);
}

function setEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const key of Object.keys(process.env)) if (!(key in env)) delete process.env[key];
  for (const [key, value] of Object.entries(env)) if (value !== undefined) process.env[key] = value;
}
