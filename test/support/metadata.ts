import { randomBytes } from "node:crypto";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import type { IssuedKeys, IssueKeys } from "./issued-keys.ts";
import { jsonReply, textReply } from "./json-reply.ts";

function document({ accessKeyId, secretAccessKey, sessionToken, expiration }: IssuedKeys) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString().replace(".000", ""),
  };
}

/** The credentials endpoint of ECS and of EKS Pod Identity. */
export class ContainerEndpoint {
  /** What the Authorization header must be; undefined: there must be none. */
  authorization: string | undefined;
  /** Answered, each once, before anything else. */
  readonly failures: HttpReply[] = [];
  private readonly issue: IssueKeys;

  constructor(issue: IssueKeys) {
    this.issue = issue;
  }

  answer(request: HttpRequest): HttpReply {
    const failure = this.failures.shift();
    if (failure !== undefined) return failure;
    if (request.method !== "GET" || request.target !== "/v1/credentials") {
      return textReply(404, "not found");
    }
    if (request.headers["authorization"] !== this.authorization) {
      return jsonReply(401, { code: "AccessDenied", message: "wrong token" });
    }
    return jsonReply(200, document(this.issue("Task")));
  }
}

/** The metadata service of EC2, version 2 alone. */
export class InstanceMetadata {
  role: string | undefined = "web-server";
  code = "Success";
  secondsLeft = 3600;
  private readonly sessions = new Set<string>();
  private readonly issue: IssueKeys;
  private readonly secrets: string[];

  constructor(issue: IssueKeys, secrets: string[]) {
    this.issue = issue;
    this.secrets = secrets;
  }

  answer(request: HttpRequest): HttpReply {
    if (request.target === "/latest/api/token") return this.openSession(request);
    if (!this.sessions.has(request.headers["x-aws-ec2-metadata-token"] ?? "")) {
      return textReply(401, "Unauthorized");
    }
    const list = "/latest/meta-data/iam/security-credentials/";
    if (request.method !== "GET" || this.role === undefined) return textReply(404, "Not Found");
    if (request.target === list) return textReply(200, this.role);
    if (request.target !== list + this.role) return textReply(404, "Not Found");
    if (this.code !== "Success") return jsonReply(200, { Code: this.code, Message: "no" });
    const keys = document(this.issue(this.role, this.secondsLeft));
    return jsonReply(200, { Code: this.code, Type: "AWS-HMAC", ...keys });
  }

  private openSession(request: HttpRequest): HttpReply {
    const isForwarded = request.headers["x-forwarded-for"] !== undefined;
    const seconds = request.headers["x-aws-ec2-metadata-token-ttl-seconds"];
    if (request.method !== "PUT" || isForwarded || seconds !== "21600") {
      return textReply(400, "Bad Request");
    }
    const session = randomBytes(24).toString("base64url");
    this.sessions.add(session);
    this.secrets.push(session);
    return textReply(200, session);
  }
}
