import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { isHeaderSafe } from "../key-form.ts";
import { locateSharedFiles } from "../profiles/locations.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { placeOf, propertyOf } from "./property.ts";
import { fromProfile, type SourceContext, type SourceCredentials } from "./source.ts";

const keys = ["aws_access_key_id", "aws_secret_access_key"] as const;

/** In which of the files a profile's keys stand; the credentials file counts first. */
export function keysFileOf(profile: SharedSection): "credentials" | "config" | undefined {
  const kinds = keys
    .filter((key) => propertyOf(profile, key) !== undefined)
    .map((key) => profile.properties.get(key)?.kind);
  return kinds.includes("credentials") ? "credentials" : kinds[0];
}

/** The session token beside a profile's keys, under either of its names. */
export function sessionTokenOf(profile: SharedSection): string | undefined {
  return propertyOf(profile, "aws_session_token") ?? propertyOf(profile, "aws_security_token");
}

/**
 * The access key, secret and session token that stand in a profile. Of a named profile the
 * environment's keys are ignored, as in every SDK.
 */
export function profileKeys(
  { host }: SourceContext,
  profile: SharedSection,
): SourceCredentials | undefined {
  const [accessKeyId, secretAccessKey] = keys.map((key) => propertyOf(profile, key));
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  const place = placeOf(profile, ...keys);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? keys[0] : keys[1];
    throw new LetmeError(
      "credentials",
      `profile \`${profile.name}\`${place} has no \`${missing}\``,
      {
        hint: "an access key has two halves: copy both into the profile",
      },
    );
  }
  const sessionToken = sessionTokenOf(profile);
  for (const part of [accessKeyId, secretAccessKey, sessionToken]) {
    if (part !== undefined && !isHeaderSafe(part)) {
      throw new LetmeError(
        "credentials",
        `the keys of profile \`${profile.name}\`${place} have characters in them that no key has`,
        { hint: "copy them again, without quotes or a comment behind them" },
      );
    }
  }
  const expiration = sessionToken === undefined ? undefined : notedEnd(host, profile.name);
  const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration };
  return fromProfile(profile.name, "static-keys", credentials);
}

/** Keys in a file do not say when they end, but those that letme wrote: it noted that beside them. */
function notedEnd(host: Host, name: string): Date | undefined {
  return readManagedProfiles(host, locateSharedFiles(host), [name])[0]?.expiration;
}
