import type { Credentials } from "../aws/credentials.ts";
import { decodeObject, textMember } from "../aws/json-reply.ts";
import { isHeaderSafe } from "../key-form.ts";

/** What a document of credentials turned out to be. */
export type DecodedCredentials =
  | { readonly credentials: Credentials; readonly document: Readonly<Record<string, unknown>> }
  /** What is wrong with it, without a word of what it says. */
  | { readonly problem: string };

/**
 * The JSON that processes, containers and instances give: `AccessKeyId`, `SecretAccessKey`, a
 * session token under the name that the giver uses, and `Expiration`.
 */
export function decodeCredentialsDocument(
  text: string,
  tokenName: "SessionToken" | "Token",
): DecodedCredentials {
  const document = decodeObject(text);
  if (document === undefined) return { problem: "is not a JSON object" };
  const accessKeyId = textMember(document, "AccessKeyId");
  const secretAccessKey = textMember(document, "SecretAccessKey");
  if (accessKeyId === undefined) return { problem: "has no `AccessKeyId`" };
  if (secretAccessKey === undefined) return { problem: "has no `SecretAccessKey`" };
  const sessionToken = textMember(document, tokenName);
  for (const part of [accessKeyId, secretAccessKey, sessionToken]) {
    if (part !== undefined && !isHeaderSafe(part)) {
      return { problem: "has characters in its keys that no key has" };
    }
  }
  const stated = textMember(document, "Expiration");
  const expiration = stated === undefined ? undefined : new Date(stated);
  if (expiration !== undefined && Number.isNaN(expiration.getTime())) {
    return { problem: "has an `Expiration` that is not a moment (RFC 3339)" };
  }
  return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiration }, document };
}
