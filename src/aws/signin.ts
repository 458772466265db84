import { isHeaderSafe } from "../key-form.ts";
import { type AwsClient, callAws } from "./client.ts";
import {
  decodeObject,
  decodeRestJsonError,
  objectMember,
  secondsMember,
  strangeReply,
  textMember,
} from "./json-reply.ts";

/** What a refresh is asked with. */
export interface LoginRefreshRequest {
  readonly clientId: string;
  /** A secret, and good once: the reply has the next one. */
  readonly refreshToken: string;
  /** The DPoP proof for one request (RFC 9449). */
  readonly prove: (method: string, url: string) => Promise<string>;
}

/** New credentials of a sign-in, and the refresh token for the next time. */
export interface RefreshedLogin {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

/**
 * Refreshes the credentials of `aws login`. Sent once only: the refresh token is used up by a
 * request that reached AWS.
 */
export async function createOAuth2Token(
  client: AwsClient,
  request: LoginRefreshRequest,
): Promise<RefreshedLogin> {
  const operation = "CreateOAuth2Token";
  const { clientId, refreshToken, prove } = request;
  const body = await callAws(client, {
    service: "signin",
    operation,
    path: "/v1/token",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ clientId, refreshToken, grantType: "refresh_token" }),
    credentials: undefined,
    proof: async (method, url) => ({ dpop: await prove(method, url) }),
    shown: "grantType=refresh_token",
    secrets: [refreshToken],
    once: true,
    decodeError,
  });
  const reply = decodeObject(body);
  const access = objectMember(reply, "accessToken");
  const accessKeyId = textMember(access, "accessKeyId");
  const secretAccessKey = textMember(access, "secretAccessKey");
  const sessionToken = textMember(access, "sessionToken");
  const next = textMember(reply, "refreshToken");
  if (
    !isHeaderSafe(accessKeyId) ||
    !isHeaderSafe(secretAccessKey) ||
    !isHeaderSafe(sessionToken) ||
    next === undefined
  ) {
    throw strangeReply("AWS sign-in", operation);
  }
  // A quarter of an hour where the reply does not say, as in AWS's JavaScript SDK.
  const expiresInSeconds = secondsMember(reply, "expiresIn") ?? 900;
  return { accessKeyId, secretAccessKey, sessionToken, expiresInSeconds, refreshToken: next };
}

/** The service's own word, TOKEN_EXPIRED for one, stands in the member `error`. */
function decodeError(body: string, headers: Headers) {
  const decoded = decodeRestJsonError(body, headers);
  const word = textMember(decodeObject(body), "error");
  if (decoded === undefined || word === undefined || word === decoded.code) return decoded;
  return { code: decoded.code, reason: `${word}${decoded.reason && `: ${decoded.reason}`}` };
}
