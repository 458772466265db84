import { type AwsClient, callAws } from "./client.ts";
import {
  decodeObject,
  decodeRestJsonError,
  secondsMember,
  strangeReply,
  textMember,
} from "./json-reply.ts";

/** What a refresh is asked with; all but the client's id are secrets. */
export interface RefreshRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** A fresh access token; with a new refresh token where the service gave one. */
export interface RefreshedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string | undefined;
}

/**
 * A new access token for a refresh token.
 * https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
 */
export async function createToken(
  client: AwsClient,
  request: RefreshRequest,
): Promise<RefreshedToken> {
  const operation = "CreateToken";
  const body = await callAws(client, {
    service: "sso-oidc",
    operation,
    path: "/token",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...request, grantType: "refresh_token" }),
    credentials: undefined,
    shown: "grantType=refresh_token",
    secrets: [request.clientSecret, request.refreshToken],
    once: false,
    decodeError: decodeRestJsonError,
  });
  const reply = decodeObject(body);
  const accessToken = textMember(reply, "accessToken");
  const expiresInSeconds = secondsMember(reply, "expiresIn");
  if (accessToken === undefined || expiresInSeconds === undefined) {
    throw strangeReply("IAM Identity Center", operation);
  }
  return { accessToken, expiresInSeconds, refreshToken: textMember(reply, "refreshToken") };
}
