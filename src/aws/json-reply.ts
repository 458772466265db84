import { LetmeError } from "../errors.ts";

/** An object of a JSON text, or undefined where it is something else. */
export function decodeObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return { ...value };
  } catch {
    return undefined;
  }
}

/** A member that is an object; undefined where it is something else. */
export function objectMember(
  object: Readonly<Record<string, unknown>> | undefined,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = object?.[name];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

/** A year: no token lasts longer, and no calendar has the end of one that lasts for ever. */
const longestSeconds = 366 * 24 * 3600;

/** A member that says for how many seconds something is good; undefined where it says no such thing. */
export function secondsMember(
  object: Readonly<Record<string, unknown>> | undefined,
  name: string,
): number | undefined {
  const stated = object?.[name];
  const seconds = typeof stated === "number" || typeof stated === "string" ? Number(stated) : 0;
  return seconds > 0 ? Math.min(seconds, longestSeconds) : undefined;
}

/** A member that is a text with something in it. */
export function textMember(
  object: Readonly<Record<string, unknown>> | undefined,
  name: string,
): string | undefined {
  const value = object?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * An error of a service of AWS's REST-JSON protocol: its code stands in the header
 * `x-amzn-errortype` or in the body, cut at `:` and behind `#`
 * (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization).
 */
export function decodeRestJsonError(
  body: string,
  headers: Headers,
): { code: string; reason: string } | undefined {
  const document = decodeObject(body);
  const stated =
    headers.get("x-amzn-errortype") ??
    textMember(document, "__type") ??
    textMember(document, "code") ??
    textMember(document, "error");
  const code = stated?.split(":")[0]?.split("#").at(-1);
  if (code === undefined || code === "") return undefined;
  const reason =
    textMember(document, "message") ??
    textMember(document, "Message") ??
    textMember(document, "error_description");
  return { code, reason: reason ?? "" };
}

/** A success whose body is not what the service sends. */
export function strangeReply(service: string, operation: string): LetmeError {
  return new LetmeError(
    "failed",
    `${service}'s reply to ${operation} does not have what was asked`,
    {
      hint: "a proxy may stand in between; `--debug` shows each request",
    },
  );
}
