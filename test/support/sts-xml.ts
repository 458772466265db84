import { randomUUID } from "node:crypto";
import type { AwsError } from "./aws-error.ts";
import type { HttpReply } from "./http-server.ts";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Elements by name, in order; a nested record is a nested element. */
export interface XmlElements {
  readonly [name: string]: string | XmlElements;
}

/** `<OpResponse><OpResult>…</OpResult><ResponseMetadata>…`, as STS sends it. */
export function renderResult(operation: string, result: XmlElements): HttpReply {
  const requestId = randomUUID();
  const body = [
    `<${operation}Response xmlns="${NAMESPACE}">`,
    ...renderElements({ [`${operation}Result`]: result }, 1),
    ...renderElements({ ResponseMetadata: { RequestId: requestId } }, 1),
    `</${operation}Response>`,
    "",
  ].join("\n");
  return xmlReply(200, requestId, body);
}

/** `<ErrorResponse><Error>…`, as STS sends it. */
export function renderError(error: AwsError): HttpReply {
  const requestId = randomUUID();
  const type = error.status < 500 ? "Sender" : "Receiver";
  const body = [
    `<ErrorResponse xmlns="${NAMESPACE}">`,
    ...renderElements({ Error: { Type: type, Code: error.code, Message: error.message } }, 1),
    ...renderElements({ RequestId: requestId }, 1),
    "</ErrorResponse>",
    "",
  ].join("\n");
  return xmlReply(error.status, requestId, body);
}

function xmlReply(status: number, requestId: string, body: string): HttpReply {
  const headers = { "x-amzn-RequestId": requestId, "Content-Type": "text/xml" };
  return { status, headers, body };
}

function renderElements(elements: XmlElements, depth: number): string[] {
  const indent = "  ".repeat(depth);
  return Object.entries(elements).flatMap(([name, value]) =>
    typeof value === "string"
      ? [`${indent}<${name}>${escapeText(value)}</${name}>`]
      : [`${indent}<${name}>`, ...renderElements(value, depth + 1), `${indent}</${name}>`],
  );
}

export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
