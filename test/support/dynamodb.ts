import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import type { Database } from "./database.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";
import { accountOf } from "./identities.ts";
import { type SignatureRefusal, type SignatureState, verifySignature } from "./signatures.ts";

export interface DynamoDbState extends SignatureState {
  readonly database: Database;
}

/** `Query` from the header `X-Amz-Target: DynamoDB_20120810.Query`. */
export function targetOperation(request: HttpRequest): string {
  return request.headers["x-amz-target"]?.split(".")[1] ?? "";
}

/** Verifies who calls, then hands the request to dynalite as it came. */
export async function answerDynamoDb(
  request: HttpRequest,
  state: DynamoDbState,
): Promise<HttpReply> {
  if (request.method === "POST") {
    const caller = await verifySignature(request, "dynamodb", state);
    if ("reason" in caller) return renderDynamoDbError(refusalError(caller));
    if (!caller.dynamodb) {
      return renderDynamoDbError(accessDenied(caller.arn, request));
    }
  }
  return state.database.exchange(request);
}

/** `{"__type", "message"}` with DynamoDB's headers; AccessDeniedException says `Message`. */
export function renderDynamoDbError(error: AwsError): HttpReply {
  const denied = error.code === "AccessDeniedException";
  const body = JSON.stringify({
    __type: `com.amazon.coral.service#${error.code}`,
    [denied ? "Message" : "message"]: error.message,
  });
  return {
    status: error.status,
    headers: {
      "x-amzn-RequestId": randomUUID().replaceAll("-", "").toUpperCase().padEnd(52, "A"),
      "x-amz-crc32": String(Bun.hash.crc32(body)),
      "Content-Type": "application/x-amz-json-1.0",
    },
    body,
  };
}

function refusalError({ reason, message }: SignatureRefusal): AwsError {
  switch (reason) {
    case "missing":
      return new AwsError(400, "MissingAuthenticationTokenException", message);
    case "incomplete":
      return new AwsError(400, "IncompleteSignatureException", message);
    case "mismatch":
      return new AwsError(400, "InvalidSignatureException", message);
    case "unknown-key":
      return new AwsError(400, "UnrecognizedClientException", message);
    case "expired":
      return new AwsError(400, "ExpiredTokenException", message);
  }
}

function accessDenied(arn: string, request: HttpRequest): AwsError {
  const operation = targetOperation(request);
  const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers["authorization"] ?? "")?.[1];
  const table = /"TableName"\s*:\s*"([^"]*)"/.exec(request.body.toString())?.[1] ?? "*";
  const resource = `arn:${arn.split(":")[1]}:dynamodb:${region}:${accountOf(arn)}:table/${table}`;
  return new AwsError(
    400,
    "AccessDeniedException",
    `User: ${arn} is not authorized to perform: dynamodb:${operation} on resource: ${resource} because no identity-based policy allows the dynamodb:${operation} action`,
  );
}
