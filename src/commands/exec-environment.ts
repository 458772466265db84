import type { AccountCredentials } from "./account-credentials.ts";
import { credentialVariables } from "./export-formats.ts";

type Environment = Readonly<Record<string, string | undefined>>;

// What would come before the keys of the environment in some SDK, or is about other keys.
const takenOut = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SECURITY_TOKEN",
  "AWS_SESSION_EXPIRATION",
  "AWS_ACCOUNT_ID",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "LETME_MFA_TOKEN",
] as const;

// What letme itself goes by, and finds again where it is run inside; no secret is among it.
const outerNames = ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"] as const;

/**
 * The environment of a program that is run with an account's credentials. `LETME_EXEC` is the
 * account's name, for a prompt; `LETME_EXEC_OUTER` tells a letme that is run inside what was outside.
 */
export function insideEnvironment(env: Environment, account: AccountCredentials): Environment {
  const outer = Object.fromEntries(outerNames.map((name) => [name, env[name]]));
  const others = Object.entries(env).filter(([name]) => !takenOut.some((one) => one === name));
  return {
    ...Object.fromEntries(others),
    ...credentialVariables(account),
    LETME_EXEC: account.accountName,
    LETME_EXEC_OUTER: JSON.stringify({
      ...outer,
      keyId: account.credentials.accessKeyId,
      hadKeys: (env["AWS_ACCESS_KEY_ID"] ?? "") !== "",
    }),
  };
}

/**
 * The environment as it was outside of `letme exec`, so that a letme inside starts from the same
 * source, and not from the account that it is run in. Where the source was the keys of the
 * environment, these are gone: then those of the account are what there is. Keys that were set since
 * count as they are.
 */
export function outsideEnvironment(env: Environment): Environment {
  const outer = readOuter(env["LETME_EXEC_OUTER"]);
  if (outer === undefined || outer["keyId"] !== env["AWS_ACCESS_KEY_ID"]) return env;
  const restored: Record<string, string | undefined> = { ...env };
  for (const name of outerNames) {
    // Set since: it is meant.
    if (name === "AWS_PROFILE" && (env[name] ?? "") !== "") continue;
    const value = outer[name];
    if (typeof value === "string") restored[name] = value;
    else delete restored[name];
  }
  if (outer["hadKeys"] === true) return restored;
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
    delete restored[name];
  }
  delete restored["AWS_CREDENTIAL_EXPIRATION"];
  return restored;
}

function readOuter(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
