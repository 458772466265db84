import { textMember } from "../aws/json-reply.ts";
import { createToken } from "../aws/sso-oidc.ts";
import { LetmeError } from "../errors.ts";
import { within } from "../paths.ts";
import { signInAgain } from "./expiry.ts";
import { placeOf } from "./property.ts";
import type { SourceContext } from "./source.ts";
import type { SsoSettings } from "./sso.ts";
import {
  type CachedToken,
  momentOf,
  readCachedToken,
  whileRefreshing,
  writeCachedToken,
} from "./token-cache.ts";

// As the JavaScript SDK; botocore refreshes from a quarter of an hour before the end.
const refreshMilliseconds = 5 * 60_000;

/**
 * The access token that `aws sso login` left in `~/.aws/sso/cache`, refreshed where it has little
 * life left. The legacy form has no refresh.
 */
export async function ssoToken(context: SourceContext, settings: SsoSettings): Promise<string> {
  const { host } = context;
  const name = `${sha1(settings.sessionName ?? settings.startUrl)}.json`;
  const path = within(host.platform, host.homeDirectory, ".aws", "sso", "cache", name);
  const token = readCachedToken(host, path);
  if (token === undefined) throw mustSignIn(settings, "is not signed in");
  if (settings.sessionName === undefined || isFresh(context, token)) {
    return usable(context, settings, token);
  }
  return whileRefreshing(context, path, async () => {
    // Another program may have refreshed it before the lock was had.
    const current = readCachedToken(host, path) ?? token;
    const refreshed = isFresh(context, current)
      ? current
      : await refresh(context, settings, path, current);
    return usable(context, settings, refreshed);
  });
}

/** The token after a refresh; as it was where it cannot be refreshed: it serves until its end. */
async function refresh(
  context: SourceContext,
  settings: SsoSettings,
  path: string,
  token: CachedToken,
): Promise<CachedToken> {
  const { host } = context;
  const clientId = textMember(token, "clientId");
  const clientSecret = textMember(token, "clientSecret");
  const refreshToken = textMember(token, "refreshToken");
  const registered = momentOf(token["registrationExpiresAt"]);
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) {
    return token;
  }
  if (registered !== undefined && registered <= host.clock.now()) return token;
  try {
    const client = context.clientIn(settings.region);
    const fresh = await createToken(client, { clientId, clientSecret, refreshToken });
    const end = new Date(host.clock.now().getTime() + fresh.expiresInSeconds * 1000);
    const next: CachedToken = {
      ...token,
      accessToken: fresh.accessToken,
      expiresAt: end.toISOString().replace(/\.\d{3}Z$/, "Z"),
      refreshToken: fresh.refreshToken ?? refreshToken,
    };
    await writeCachedToken(context, path, next, "the next run refreshes the SSO token again");
    return next;
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
    if (isAlive(context, token)) {
      context.warn(`${error.message}; the SSO token at hand serves until it ends`);
      return token;
    }
    throw mustSignIn(settings, "has ended and could not be renewed", error);
  }
}

function usable(context: SourceContext, settings: SsoSettings, token: CachedToken): string {
  const accessToken = textMember(token, "accessToken");
  if (accessToken === undefined || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw mustSignIn(settings, "has a damaged token file");
  }
  if (!isAlive(context, token)) throw mustSignIn(settings, "has ended");
  return accessToken;
}

function isAlive(context: SourceContext, token: CachedToken): boolean {
  return lifeOf(context, token) > 0;
}

function isFresh(context: SourceContext, token: CachedToken): boolean {
  return lifeOf(context, token) > refreshMilliseconds;
}

function lifeOf({ host }: SourceContext, token: CachedToken): number {
  return (momentOf(token["expiresAt"])?.getTime() ?? 0) - host.clock.now().getTime();
}

function mustSignIn(settings: SsoSettings, problem: string, cause?: LetmeError): LetmeError {
  const { profile, sessionName } = settings;
  const session =
    sessionName === undefined ? "the SSO session" : `the SSO session \`${sessionName}\``;
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new LetmeError(
    "credentials",
    `${session} of profile \`${profile.name}\`${placeOf(profile, "sso_session", "sso_start_url")} ${problem}${why}`,
    { hint: signInAgain(profile), ...(cause === undefined ? {} : { cause }) },
  );
}

/** The cache's file names are SHA-1 of what they are for; it guards nothing. */
function sha1(text: string): string {
  return new Bun.CryptoHasher("sha1").update(text).digest("hex");
}
