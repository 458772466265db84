import { LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { propertyOf } from "./property.ts";
import type { SourceCredentials } from "./source.ts";

/**
 * Finds expired credentials before a request is spent on them, where their source says when they
 * end. `profile` is the one that they came from.
 */
export function checkExpiry(
  found: SourceCredentials,
  now: Date,
  profile: SharedSection | undefined,
): void {
  const { expiration } = found.credentials;
  if (expiration === undefined || expiration > now) return;
  throw new LetmeError(
    "credentials",
    `the credentials of ${found.origin} expired at ${expiration.toISOString()}`,
    { hint: renewal(found, profile) },
  );
}

function renewal({ kind, roles }: SourceCredentials, profile: SharedSection | undefined): string {
  // Those of a role are not what the source itself gave.
  if (roles.length > 0) return whereTheyCameFrom;
  if (kind === "sso" && profile !== undefined) return signInAgain(profile);
  if (kind === "login-session" && profile !== undefined) return loginAgain(profile.name);
  if (kind === "credential-process") {
    return "its `credential_process` gives what has already ended: run that command by itself to see why";
  }
  if (kind === "static-keys" && profile !== undefined) {
    return `letme wrote them: \`letme obtain ${profile.name}\` gets new ones, with the source that it was obtained with`;
  }
  return whereTheyCameFrom;
}

const whereTheyCameFrom = "get new ones where these came from, then run the command again";

/** The command that signs in to IAM Identity Center for a profile. */
export function signInAgain(profile: SharedSection): string {
  const session = propertyOf(profile, "sso_session");
  return session === undefined
    ? `sign in again: \`aws sso login --profile ${profile.name}\``
    : `sign in again: \`aws sso login --sso-session ${session}\``;
}

/** The command that signs in with the console's credentials for a profile. */
export function loginAgain(profileName: string): string {
  return `sign in again: \`aws login --profile ${profileName}\``;
}
