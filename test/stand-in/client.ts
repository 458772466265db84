import { AwsV4Signer } from "aws4fetch";
import type { StandIn } from "../support/stand-in.ts";

/** Keys to sign with; a wrong clock or wrong secret is the test's own doing. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly service: "sts" | "dynamodb";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The moment to sign for; now where not given. */
  readonly at?: Date;
}

/** A request ready to be sent, which a test may change first. */
export interface Signed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs with the signer that letme itself uses, not the one that the stand-in verifies with. */
export async function sign(request: SignedRequest, keys: Keys): Promise<Signed> {
  const signer = new AwsV4Signer({
    ...keys,
    url: request.url,
    method: "POST",
    headers: request.headers,
    body: request.body,
    service: request.service,
    region: "eu-west-1",
    ...(request.at !== undefined && {
      datetime: request.at
        .toISOString()
        .replace(/\.\d+Z$/, "Z")
        .replaceAll(/[-:]/g, ""),
    }),
  });
  const { headers } = await signer.sign();
  return { url: request.url, headers: Object.fromEntries(headers), body: request.body };
}

export function send(signed: Signed): Promise<Response> {
  return fetch(signed.url, { method: "POST", headers: signed.headers, body: signed.body });
}

export function stsRequest(standIn: StandIn, fields: Record<string, string>): SignedRequest {
  return {
    service: "sts",
    url: `${standIn.sts.url}/`,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams({ Version: "2011-06-15", ...fields }).toString(),
  };
}

export function dynamodbRequest(
  standIn: StandIn,
  operation: string,
  input: unknown,
): SignedRequest {
  return {
    service: "dynamodb",
    url: `${standIn.dynamodb.url}/`,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
  };
}

/** What STS answered: `200`, or `403 AccessDenied message`. */
export interface StsReply {
  readonly status: number;
  readonly text: string;
  /** The text of the first element of this name. */
  element(name: string): string;
  /** `AccessDenied: message`, or `ok`. */
  readonly outcome: string;
}

export async function callSts(
  standIn: StandIn,
  keys: Keys,
  fields: Record<string, string>,
): Promise<StsReply> {
  return readStsReply(await send(await sign(stsRequest(standIn, fields), keys)));
}

export async function readStsReply(response: Response): Promise<StsReply> {
  const text = await response.text();
  const element = (name: string) =>
    unescapeXml(new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "");
  return {
    status: response.status,
    text,
    element,
    outcome: response.ok ? "ok" : `${element("Code")}: ${element("Message")}`,
  };
}

/** The credentials in a reply, as keys for the next call. */
export function keysOf(reply: StsReply): Required<Keys> {
  return {
    accessKeyId: reply.element("AccessKeyId"),
    secretAccessKey: reply.element("SecretAccessKey"),
    sessionToken: reply.element("SessionToken"),
  };
}

export async function callDynamoDb(
  standIn: StandIn,
  keys: Keys,
  operation: string,
  input: unknown,
): Promise<{ readonly response: Response; readonly text: string }> {
  const response = await send(await sign(dynamodbRequest(standIn, operation, input), keys));
  return { response, text: await response.text() };
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
