import { generateKeyPairSync, randomBytes } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, exportJWK, jwtVerify } from "jose";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import type { IssuedKeys, IssueKeys } from "./issued-keys.ts";
import { jsonReply } from "./json-reply.ts";

export const loginSessionArn = "arn:aws:iam::111111111111:user/console";
export const loginClientId = "arn:aws:signin:::devtools/same-device";

/** A sign-in as `aws login` leaves it. */
export interface Login {
  /** The content of the cache file. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly refreshToken: string;
  readonly keys: IssuedKeys;
}

/** AWS sign-in: takes a refresh token once, with a DPoP proof of the key that it belongs to. */
export class SignIn {
  /** The thumbprint of the key that each refresh token belongs to. */
  private readonly refreshTokens = new Map<string, string>();
  private readonly usedProofs = new Set<string>();
  private readonly issue: IssueKeys;
  private readonly secrets: string[];
  /** Answered in place of a result: `TOKEN_EXPIRED`, … */
  refusal: string | undefined;

  constructor(issue: IssueKeys, secrets: string[]) {
    this.issue = issue;
    this.secrets = secrets;
  }

  async newLogin(secondsLeft: number): Promise<Login> {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const dpopKey = pair.privateKey.export({ format: "pem", type: "sec1" }).toString();
    this.secrets.push(dpopKey.split("\n")[1] ?? "");
    const refreshToken = this.newToken(
      await calculateJwkThumbprint(await exportJWK(pair.publicKey)),
    );
    const keys = this.issue("Console", secondsLeft);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys;
    const expiresAt = expiration.toISOString();
    const accountId = "111111111111";
    const accessToken = { accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt };
    const file = {
      accessToken,
      tokenType: "aws_sigv4",
      clientId: loginClientId,
      refreshToken,
      idToken: "id",
      dpopKey,
    };
    return { file, refreshToken, keys };
  }

  async answer(request: HttpRequest, url: string): Promise<HttpReply> {
    const denied = (error: string) =>
      jsonReply(403, { error, message: `refused: ${error}` }, "AccessDeniedException");
    if (request.method !== "POST" || request.target !== "/v1/token") return denied("NOT_FOUND");
    if (this.refusal !== undefined) return denied(this.refusal);
    const asked = JSON.parse(request.body.toString());
    const isSound = asked.clientId === loginClientId && asked.grantType === "refresh_token";
    if (!isSound || request.headers["authorization"] !== undefined)
      return denied("INVALID_REQUEST");
    const thumbprint = await this.verifyProof(request.headers["dpop"] ?? "", `${url}/v1/token`);
    if (this.refreshTokens.get(asked.refreshToken) !== thumbprint) return denied("TOKEN_EXPIRED");
    this.refreshTokens.delete(asked.refreshToken);
    const { accessKeyId, secretAccessKey, sessionToken } = this.issue("Console", 900);
    return jsonReply(200, {
      accessToken: { accessKeyId, secretAccessKey, sessionToken },
      tokenType: "aws_sigv4",
      expiresIn: 900,
      refreshToken: this.newToken(thumbprint),
    });
  }

  isCurrent(refreshToken: string): boolean {
    return this.refreshTokens.has(refreshToken);
  }

  /** RFC 9449, section 4.3; gives the thumbprint of the proven key. */
  private async verifyProof(proof: string, url: string): Promise<string> {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: ["ES256"],
      maxTokenAge: "60s",
    });
    const { jti, htm, htu } = payload;
    if (htm !== "POST" || htu !== url) throw new Error(`The proof is for ${htm} ${htu}.`);
    if (jti === undefined || this.usedProofs.has(jti)) throw new Error("The proof was used.");
    this.usedProofs.add(jti);
    const { jwk } = protectedHeader;
    if (jwk === undefined || "d" in jwk) throw new Error("The proof has no public key.");
    return calculateJwkThumbprint(jwk);
  }

  private newToken(thumbprint: string): string {
    const token = `login-refresh-${randomBytes(24).toString("base64url")}`;
    this.refreshTokens.set(token, thumbprint);
    this.secrets.push(token);
    return token;
  }
}
