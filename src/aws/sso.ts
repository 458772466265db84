import { isHeaderSafe } from "../key-form.ts";
import { type AwsClient, callAws } from "./client.ts";
import type { TemporaryCredentials } from "./credentials.ts";
import {
  decodeObject,
  decodeRestJsonError,
  objectMember,
  strangeReply,
  textMember,
} from "./json-reply.ts";

/**
 * The credentials of a role of IAM Identity Center, for an access token of its sign-in.
 * https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
 */
export async function getRoleCredentials(
  client: AwsClient,
  request: {
    readonly accessToken: string;
    readonly accountId: string;
    readonly roleName: string;
  },
): Promise<TemporaryCredentials> {
  const { accountId, roleName } = request;
  const operation = "GetRoleCredentials";
  const query = new URLSearchParams({ role_name: roleName, account_id: accountId });
  const body = await callAws(client, {
    service: "sso",
    operation,
    method: "GET",
    path: `/federation/credentials?${query}`,
    headers: { "x-amz-sso_bearer_token": request.accessToken, accept: "application/json" },
    body: "",
    credentials: undefined,
    shown: `role_name=${roleName} account_id=${accountId}`,
    secrets: [request.accessToken],
    once: false,
    decodeError: decodeRestJsonError,
  });
  const credentials = objectMember(decodeObject(body), "roleCredentials");
  const accessKeyId = textMember(credentials, "accessKeyId");
  const secretAccessKey = textMember(credentials, "secretAccessKey");
  const sessionToken = textMember(credentials, "sessionToken");
  // Of all of AWS's credentials only these state their end in milliseconds since 1970.
  const stated = credentials?.["expiration"];
  const expiration = new Date(typeof stated === "number" ? stated : Number.NaN);
  if (
    !isHeaderSafe(accessKeyId) ||
    !isHeaderSafe(secretAccessKey) ||
    !isHeaderSafe(sessionToken) ||
    !(expiration.getTime() > 0)
  ) {
    throw strangeReply("IAM Identity Center", operation);
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}
