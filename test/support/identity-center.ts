import { randomBytes } from "node:crypto";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import type { IssueKeys } from "./issued-keys.ts";
import { jsonReply } from "./json-reply.ts";

export const ssoClient = { clientId: "sso-client", clientSecret: "sso-client-secret-0123456789" };

/** The role that is assigned, and the account that it is in. */
export const assigned = { accountId: "111111111111", roleName: "Developer" };

/** What IAM Identity Center knows of sign-ins; tests take tokens out to end a session. */
export class IdentityCenter {
  readonly accessTokens = new Set<string>();
  readonly refreshTokens = new Set<string>();
  private readonly issue: IssueKeys;
  private readonly secrets: string[];

  constructor(issue: IssueKeys, secrets: string[]) {
    this.issue = issue;
    this.secrets = secrets;
    secrets.push(ssoClient.clientSecret);
  }

  newAccessToken(): string {
    return this.note(this.accessTokens, `aoaAccess${randomBytes(24).toString("base64url")}`);
  }

  newRefreshToken(): string {
    return this.note(this.refreshTokens, `aorRefresh${randomBytes(24).toString("base64url")}`);
  }

  /** The portal: GetRoleCredentials, let in by the bearer token and nothing else. */
  answerPortal(request: HttpRequest): HttpReply {
    const url = new URL(request.target, "http://portal");
    if (request.method !== "GET" || url.pathname !== "/federation/credentials") {
      return jsonReply(404, { message: "no such operation" }, "ResourceNotFoundException");
    }
    if (request.headers["authorization"] !== undefined || request.body.length > 0) {
      return jsonReply(400, { message: "signed, or with a body" }, "InvalidRequestException");
    }
    if (!this.accessTokens.has(request.headers["x-amz-sso_bearer_token"] ?? "")) {
      return jsonReply(
        401,
        { message: "Session token not found or invalid" },
        "UnauthorizedException:http://internal.amazon.com/coral/",
      );
    }
    const [account, role] = ["account_id", "role_name"].map((name) => url.searchParams.get(name));
    if (account !== assigned.accountId || role !== assigned.roleName) {
      return jsonReply(403, { message: "No access" }, "ForbiddenException");
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.issue(
      assigned.roleName,
    );
    const keys = { accessKeyId, secretAccessKey, sessionToken, expiration: expiration.getTime() };
    return jsonReply(200, { roleCredentials: keys });
  }

  /** The sign-in service: CreateToken for a refresh token, which it replaces. */
  answerOidc(request: HttpRequest): HttpReply {
    const asked = JSON.parse(request.body.toString());
    const refused = (error: string, code: string) =>
      jsonReply(400, { error, error_description: `${error} in the request` }, code);
    if (request.method !== "POST" || request.target !== "/token") {
      return refused("invalid_request", "InvalidRequestException");
    }
    if (asked.clientId !== ssoClient.clientId || asked.clientSecret !== ssoClient.clientSecret) {
      return refused("invalid_client", "InvalidClientException");
    }
    const isRefresh = asked.grantType === "refresh_token";
    if (!isRefresh || !this.refreshTokens.delete(asked.refreshToken)) {
      return refused("invalid_grant", "InvalidGrantException");
    }
    return jsonReply(200, {
      accessToken: this.newAccessToken(),
      expiresIn: 28_800,
      refreshToken: this.newRefreshToken(),
      tokenType: "Bearer",
    });
  }

  private note(tokens: Set<string>, token: string): string {
    tokens.add(token);
    this.secrets.push(token);
    return token;
  }
}
