import { randomUUID } from "node:crypto";
import type { HttpReply } from "./http-server.ts";

/** A reply of AWS's REST-JSON protocol; with `error` it is that error. */
export function jsonReply(status: number, document: unknown, error?: string): HttpReply {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "x-amzn-RequestId": randomUUID(),
      ...(error !== undefined && { "x-amzn-ErrorType": error }),
    },
    body: JSON.stringify(document),
  };
}

export function textReply(status: number, body: string): HttpReply {
  return { status, headers: { "content-type": "text/plain" }, body };
}
