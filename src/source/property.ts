import { LetmeError } from "../errors.ts";
import type { SharedProperty, SharedSection } from "../profiles/reader.ts";

/** A property's value; a blank one counts as unset. */
export function propertyOf(section: SharedSection | undefined, key: string): string | undefined {
  const value = section?.get(key)?.trim();
  return value === "" ? undefined : value;
}

/** A variable's value; a blank one counts as unset, as in the SDKs. */
export function variableOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** File and line of the first of these keys that is set, as in ` (/home/u/.aws/config:12)`. */
export function placeOf(section: SharedSection | undefined, ...keys: readonly string[]): string {
  const found = keys
    .map((key): SharedProperty | undefined => section?.properties.get(key))
    .find((property) => property !== undefined);
  return found === undefined ? "" : ` (${found.file}:${found.line})`;
}

/** A profile that says something that cannot be followed. */
export function profileError(
  profile: SharedSection,
  keys: readonly string[],
  problem: string,
  hint: string,
): LetmeError {
  const place = placeOf(profile, ...keys);
  return new LetmeError("configuration", `profile \`${profile.name}\`${place} ${problem}`, {
    hint,
  });
}

/** `duration_seconds` of a profile. A `LetmeError` where it is no number. */
export function durationSecondsOf(profile: SharedSection): number | undefined {
  const stated = propertyOf(profile, "duration_seconds");
  if (stated === undefined) return undefined;
  if (/^\d{1,9}$/.test(stated)) return Number(stated);
  throw profileError(
    profile,
    ["duration_seconds"],
    "has a `duration_seconds` that is not a number",
    "set it to a number of seconds: 900 to 43200",
  );
}

/** The session name that CloudTrail shows for roles that profiles assume, where they set none. */
export const defaultRoleSessionName = "letme-session";

/**
 * The region for the STS calls of a profile: its own, else that of the run. Without any it is the
 * one that the JavaScript SDK takes.
 */
export function stsRegion(profile: SharedSection | undefined, region: string | undefined): string {
  return propertyOf(profile, "region") ?? region ?? "us-east-1";
}
