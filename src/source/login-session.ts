import { AwsError } from "../aws/errors.ts";
import { objectMember, textMember } from "../aws/json-reply.ts";
import { createOAuth2Token } from "../aws/signin.ts";
import { LetmeError } from "../errors.ts";
import { isHeaderSafe } from "../key-form.ts";
import { within } from "../paths.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { isRegionLabel } from "../region-form.ts";
import { provePossession } from "./dpop.ts";
import { loginAgain } from "./expiry.ts";
import { placeOf, propertyOf, stsRegion, variableOf } from "./property.ts";
import { fromProfile, type SourceContext, type SourceCredentials } from "./source.ts";
import {
  type CachedToken,
  momentOf,
  readCachedToken,
  whileRefreshing,
  writeCachedToken,
} from "./token-cache.ts";

/** What the cache file of a sign-in holds; all but the end and the client's id are secrets. */
interface Login {
  readonly file: CachedToken;
  readonly accessToken: CachedToken;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly clientId: string;
  readonly refreshToken: string;
  readonly dpopKey: string;
}

const refreshMilliseconds = 5 * 60_000;

/**
 * The credentials that `aws login` left in its cache for a profile's `login_session`, refreshed
 * within five minutes of their end.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
export async function loginSession(
  context: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials> {
  const path = cachePath(context, propertyOf(profile, "login_session") ?? "");
  const stored = readLogin(context, profile, path);
  const login = isFresh(context, stored)
    ? stored
    : await whileRefreshing(context, path, async () => {
        // Another program may have refreshed it before the lock was had.
        const current = readLogin(context, profile, path);
        return isFresh(context, current) ? current : refresh(context, profile, path, current);
      });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = login;
  const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration };
  return fromProfile(profile.name, "login-session", credentials);
}

function cachePath({ host }: SourceContext, session: string): string {
  const { platform, homeDirectory } = host;
  const folder =
    variableOf(host.env, "AWS_LOGIN_CACHE_DIRECTORY") ??
    within(platform, homeDirectory, ".aws", "login", "cache");
  const name = new Bun.CryptoHasher("sha256").update(session).digest("hex");
  return within(platform, folder, `${name}.json`);
}

function readLogin({ host }: SourceContext, profile: SharedSection, path: string): Login {
  const file = readCachedToken(host, path);
  if (file === undefined) throw mustLogIn(profile, "is not signed in");
  const accessToken = objectMember(file, "accessToken") ?? {};
  const member = (object: CachedToken, name: string) => {
    const value = textMember(object, name);
    if (value === undefined) throw mustLogIn(profile, `has a cache file without \`${name}\``);
    return value;
  };
  const key = (name: string) => {
    const value = member(accessToken, name);
    if (!isHeaderSafe(value)) throw mustLogIn(profile, `has a cache file with a bad \`${name}\``);
    return value;
  };
  const expiration = momentOf(accessToken["expiresAt"]);
  if (expiration === undefined) throw mustLogIn(profile, "has a cache file without `expiresAt`");
  return {
    file,
    accessToken,
    accessKeyId: key("accessKeyId"),
    secretAccessKey: key("secretAccessKey"),
    sessionToken: key("sessionToken"),
    expiration,
    clientId: member(file, "clientId"),
    refreshToken: member(file, "refreshToken"),
    dpopKey: member(file, "dpopKey"),
  };
}

async function refresh(
  context: SourceContext,
  profile: SharedSection,
  path: string,
  login: Login,
): Promise<Login> {
  const { host } = context;
  const stated = textMember(login.file, "signInRegion");
  const region =
    stated !== undefined && isRegionLabel(stated) ? stated : stsRegion(profile, context.region);
  try {
    const fresh = await createOAuth2Token(context.clientIn(region), {
      clientId: login.clientId,
      refreshToken: login.refreshToken,
      prove: (method, url) => prove(context, profile, login, method, url),
    });
    const { accessKeyId, secretAccessKey, sessionToken, refreshToken } = fresh;
    const end = new Date(host.clock.now().getTime() + fresh.expiresInSeconds * 1000);
    const keys = { accessKeyId, secretAccessKey, sessionToken };
    const next = {
      ...login.file,
      accessToken: {
        ...login.accessToken,
        ...keys,
        expiresAt: end.toISOString().replace(/\.\d{3}Z$/, "Z"),
      },
      refreshToken,
    };
    const lost = `the refresh token in it is used up: \`aws login --profile ${profile.name}\` gets a new one`;
    await writeCachedToken(context, path, next, lost);
    return { ...login, file: next, ...keys, expiration: end, refreshToken };
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
    if (error instanceof AwsError && error.refusal.code === "AccessDeniedException") {
      throw refused(profile, error);
    }
    if (login.expiration > host.clock.now()) {
      context.warn(`${error.message}; the credentials at hand serve until they end`);
      return login;
    }
    throw mustLogIn(profile, `has ended and could not be renewed: ${error.message}`, error);
  }
}

async function prove(
  { host }: SourceContext,
  profile: SharedSection,
  { dpopKey }: Login,
  method: string,
  url: string,
): Promise<string> {
  try {
    return await provePossession(dpopKey, { method, url, now: host.clock.now() });
  } catch {
    // The reason might quote the key.
    throw mustLogIn(profile, "has a cache file whose `dpopKey` is no P-256 key");
  }
}

const reasons: readonly (readonly [string, string])[] = [
  ["TOKEN_EXPIRED", "has ended"],
  ["USER_CREDENTIALS_CHANGED", "is no longer good, for your password was changed"],
];

function refused(profile: SharedSection, error: AwsError): LetmeError {
  const { reason } = error.refusal;
  if (reason.startsWith("INSUFFICIENT_PERMISSIONS")) {
    return new LetmeError(
      "credentials",
      `the login session of profile \`${profile.name}\`${placeOf(profile, "login_session")} may not be renewed: ${error.message}`,
      { hint: "whoever manages the account must allow you signin:CreateOAuth2Token", cause: error },
    );
  }
  const known = reasons.find(([word]) => reason.startsWith(word))?.[1];
  return mustLogIn(profile, known ?? `could not be renewed: ${error.message}`, error);
}

function isFresh({ host }: SourceContext, { expiration }: Login): boolean {
  return expiration.getTime() - host.clock.now().getTime() > refreshMilliseconds;
}

function mustLogIn(profile: SharedSection, problem: string, cause?: LetmeError): LetmeError {
  return new LetmeError(
    "credentials",
    `the login session of profile \`${profile.name}\`${placeOf(profile, "login_session")} ${problem}`,
    { hint: loginAgain(profile.name), ...(cause === undefined ? {} : { cause }) },
  );
}
