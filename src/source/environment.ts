import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { isHeaderSafe } from "../key-form.ts";
import { variableOf } from "./property.ts";
import type { Source, SourceCredentials } from "./source.ts";

/**
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` (formerly
 * `AWS_SECURITY_TOKEN`), `AWS_CREDENTIAL_EXPIRATION`. A blank one counts as unset; undefined where
 * no key is set, a `LetmeError` where half a pair is, or what no header may carry.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
export function environmentKeys(host: Pick<Host, "env">): SourceCredentials | undefined {
  const read = (name: string) => variableOf(host.env, name);
  const accessKeyId = read("AWS_ACCESS_KEY_ID");
  const secretAccessKey = read("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY";
    throw new LetmeError("credentials", `\`${missing}\` is missing beside its other half`, {
      hint: "set both, or unset both to use a profile",
    });
  }
  const sessionToken = read("AWS_SESSION_TOKEN") ?? read("AWS_SECURITY_TOKEN");
  for (const part of [accessKeyId, secretAccessKey, sessionToken]) {
    if (part !== undefined && !isHeaderSafe(part)) {
      throw new LetmeError(
        "credentials",
        "the AWS keys in the environment have characters in them that no key has",
        { hint: "set them again, without quotes or line ends" },
      );
    }
  }
  const expiration = new Date(read("AWS_CREDENTIAL_EXPIRATION") ?? "");
  return {
    credentials: {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: Number.isNaN(expiration.getTime()) ? undefined : expiration,
    },
    kind: "environment",
    profiles: [],
    roles: [],
    origin: "the environment",
  };
}

/** The same as a source. */
export const environmentSource: Source = async ({ host }) => environmentKeys(host);
