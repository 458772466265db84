import type { Home } from "./home.ts";
import { assigned, ssoClient } from "./identity-center.ts";
import { loginSessionArn } from "./sign-in.ts";
import type { SourceServices } from "./source-services.ts";

const hashed = (algorithm: "sha1" | "sha256", text: string) =>
  new Bun.CryptoHasher(algorithm).update(text).digest("hex");

export const startUrl = "https://corp.awsapps.com/start";

/** Where a sign-in to IAM Identity Center is kept, under the home. */
export function ssoCachePath(of: string): string {
  return `.aws/sso/cache/${hashed("sha1", of)}.json`;
}

export const loginCachePath = `.aws/login/cache/${hashed("sha256", loginSessionArn)}.json`;

/** Keys of the config file for a profile of IAM Identity Center. */
export const ssoRole = `sso_account_id = ${assigned.accountId}\nsso_role_name = ${assigned.roleName}\n`;

export function ssoSession(name: string): string {
  return `[sso-session ${name}]\nsso_region = eu-west-1\nsso_start_url = ${startUrl}\nsso_registration_scopes = sso:account:access\n`;
}

/** Writes what `aws sso login` leaves; with little life left it must be refreshed. */
export function signInToSso(
  home: Home,
  { identityCenter }: SourceServices,
  sign: {
    readonly of: string;
    readonly secondsLeft: number;
    readonly extra?: Readonly<Record<string, unknown>>;
  },
): void {
  const token = {
    startUrl,
    region: "eu-west-1",
    accessToken: identityCenter.newAccessToken(),
    expiresAt: new Date(Date.now() + sign.secondsLeft * 1000).toISOString(),
    ...ssoClient,
    registrationExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    refreshToken: identityCenter.newRefreshToken(),
    ...sign.extra,
  };
  home.write(ssoCachePath(sign.of), JSON.stringify(token));
}

/** Writes what `aws login` leaves. */
export async function signInWithLogin(
  home: Home,
  { signIn }: SourceServices,
  secondsLeft: number,
): Promise<string> {
  const login = await signIn.newLogin(secondsLeft);
  home.write(loginCachePath, JSON.stringify(login.file));
  return login.refreshToken;
}

/** A command that prints a text, with something on stderr, whatever the PATH is. */
export function printer(home: Home, name: string, text: string, exitCode = 0): string {
  const script = home.write(
    `${name}.ts`,
    `console.error("asking the vault");\nconsole.log(${JSON.stringify(text)});\nprocess.exitCode = ${exitCode};\n`,
  );
  const quote = (path: string) => `"${path}"`;
  return `${quote(process.execPath)} ${quote(script)}`;
}
