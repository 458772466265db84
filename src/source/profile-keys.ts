import { LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { isHeaderSafe } from "./key-form.ts";
import type { Source } from "./source.ts";

/**
 * The access key, secret and session token that stand in a profile. Of a named profile the
 * environment's keys are ignored, as in every SDK.
 */
export function profileKeysSource(profileName: string): Source {
  return async ({ sharedFiles }) => {
    const profile = sharedFiles.profile(profileName);
    if (profile === undefined) return undefined;
    const accessKeyId = read(profile, "aws_access_key_id");
    const secretAccessKey = read(profile, "aws_secret_access_key");
    if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      const missing = accessKeyId === undefined ? "aws_access_key_id" : "aws_secret_access_key";
      throw new LetmeError("credentials", `profile \`${profileName}\` has no \`${missing}\``, {
        hint: "an access key has two halves: copy both into the profile",
      });
    }
    const sessionToken = read(profile, "aws_session_token") ?? read(profile, "aws_security_token");
    for (const part of [accessKeyId, secretAccessKey, sessionToken]) {
      if (part !== undefined && !isHeaderSafe(part)) {
        throw new LetmeError(
          "credentials",
          `the keys of profile \`${profileName}\` have characters in them that no key has`,
          { hint: "copy them again, without quotes or a comment behind them" },
        );
      }
    }
    return {
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      origin: `profile \`${profileName}\``,
      identity: `profile ${profileName}`,
    };
  };
}

function read(profile: SharedSection, key: string): string | undefined {
  const value = profile.get(key)?.trim();
  return value === "" ? undefined : value;
}
