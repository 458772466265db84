import { LetmeError } from "../errors.ts";
import { type Host, NetworkError, type NetworkReply } from "../host.ts";
import type { Credentials } from "./credentials.ts";
import { endpointOf, type Service } from "./endpoints.ts";
import { AwsError } from "./errors.ts";
import { isThrottling } from "./hints.ts";
import { type Attempt, attemptsOf, waitBefore } from "./retries.ts";
import { signedHeaders } from "./signing.ts";

/** What every call to AWS needs; the same for the whole run. */
export interface AwsClient {
  readonly host: Host;
  readonly region: string;
  readonly version: string;
  /** Takes a line for `--debug`; what goes in has no secret in it. */
  readonly trace: (line: string) => void;
}

/** One request to AWS, before it is signed. */
export interface AwsCall {
  readonly service: Service;
  readonly operation: string;
  /** POST where not given; a GET goes unsigned and without a body. */
  readonly method?: "GET" | "POST";
  /** With its query; `/` where not given. Its query has no secret in it. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Undefined for an operation that takes no signature. */
  readonly credentials: Credentials | undefined;
  /** Headers that are made anew for each attempt, such as a proof of possession. */
  readonly proof?: (method: string, url: string) => Promise<Readonly<Record<string, string>>>;
  /** What `--debug` may show of the parameters. */
  readonly shown: string;
  /**
   * Whether it must not be sent again once it may have reached AWS: an MFA code is good once, so a
   * second try could only fail, and would hide why the first did.
   */
  readonly once: boolean;
  /** AWS's code and text in a reply that is no result; undefined where it is not AWS's form. */
  readonly decodeError: (
    body: string,
    headers: Headers,
  ) => { code: string; reason: string } | undefined;
}

/** How long one attempt may take, connection and reply together. */
const attemptMilliseconds = 10_000;

/**
 * Signs and sends a call and gives the body of AWS's successful reply. Tries again as AWS's
 * "standard" retry mode does. Throws an `AwsError` where AWS refuses, a `failed` error where no AWS
 * answered.
 */
export async function callAws(client: AwsClient, call: AwsCall): Promise<string> {
  const attempts = attemptsOf(client.host.env);
  for (let number = 1; ; number++) {
    const attempt = await tryOnce(client, call);
    if (attempt.outcome === "done") return attempt.body;
    const again = number < attempts && attempt.mayRepeat;
    if (!again) throw attempt.error;
    const wait = waitBefore(number, attempt, client.host.clock.random());
    client.trace(
      `${call.operation}: ${attempt.why}, trying again in ${wait} ms (${number} of ${attempts})`,
    );
    await client.host.clock.sleep(wait);
  }
}

async function tryOnce(client: AwsClient, call: AwsCall): Promise<Attempt> {
  const { host, trace } = client;
  const url = `${endpointOf(call.service, client.region, host.env)}${call.path ?? "/"}`;
  const method = call.method ?? "POST";
  const own = { ...call.headers, ...(await call.proof?.(method, url)) };
  const signed =
    call.credentials === undefined
      ? own
      : await signedHeaders({
          url,
          service: call.service,
          region: client.region,
          headers: own,
          body: call.body,
          credentials: call.credentials,
          now: host.clock.now(),
        });
  // Left out of the signature, because proxies change them. The checksum of DynamoDB is of the
  // bytes on the wire, so they must come uncompressed.
  const headers = { ...signed, "user-agent": userAgent(client), "accept-encoding": "identity" };
  trace(`> ${call.operation} ${new URL(url).host} ${call.shown}`);
  const started = host.clock.monotonic();
  let reply: NetworkReply;
  try {
    reply = await host.network.exchange({
      method,
      url,
      headers,
      ...(method === "GET" ? {} : { body: call.body }),
      timeoutMilliseconds: attemptMilliseconds,
    });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    trace(`< ${call.operation} no reply: ${error.message}`);
    return {
      outcome: "again",
      why: error.message,
      mayRepeat: error.reason !== "certificate" && !(call.once && error.reached),
      throttled: false,
      retryAfter: undefined,
      error: noReply(url, error),
    };
  }
  const took = Math.round(host.clock.monotonic() - started);
  const requestId = reply.headers.get("x-amzn-requestid") ?? undefined;
  trace(
    `< ${call.operation} HTTP ${reply.status} in ${took} ms, request id ${requestId ?? "none"}`,
  );
  return judge(call, reply, requestId, url);
}

function judge(
  call: AwsCall,
  reply: NetworkReply,
  requestId: string | undefined,
  url: string,
): Attempt {
  const body = new TextDecoder().decode(reply.body);
  const whole = hasRightChecksum(reply);
  if (reply.status === 200 && whole) return { outcome: "done", body };
  const refused = whole ? call.decodeError(body, reply.headers) : undefined;
  const throttled = refused !== undefined && isThrottling(refused.code);
  const transient =
    !whole ||
    throttled ||
    [500, 502, 503, 504].includes(reply.status) ||
    refused?.code === "RequestTimeout" ||
    refused?.code === "RequestTimeoutException" ||
    refused?.code === "IDPCommunicationError";
  return {
    outcome: "again",
    why: whole ? (refused?.code ?? `HTTP ${reply.status}`) : "the reply was damaged on its way",
    mayRepeat: transient && !call.once,
    throttled,
    retryAfter: reply.headers.get("x-amz-retry-after") ?? undefined,
    error:
      refused === undefined
        ? notAws(call, reply, url)
        : new AwsError({
            service: call.service,
            operation: call.operation,
            status: reply.status,
            requestId,
            ...refused,
          }),
  };
}

/** DynamoDB says the CRC-32 of the bytes that it sent; a reply without one counts as right. */
function hasRightChecksum(reply: NetworkReply): boolean {
  const stated = reply.headers.get("x-amz-crc32");
  return stated === null || Number(stated) === Bun.hash.crc32(reply.body);
}

function noReply(url: string, error: NetworkError): LetmeError {
  const { host } = new URL(url);
  const hints: Record<NetworkError["reason"], string> = {
    connect: "check the network, the VPN, and `HTTPS_PROXY` if you are behind a proxy",
    timeout: "check the network, the VPN, and `HTTPS_PROXY` if you are behind a proxy",
    certificate:
      "if a company's proxy stands in between, name its CA certificate in `NODE_EXTRA_CA_CERTS`",
    broken: "the connection was cut: run the command again",
  };
  return new LetmeError("failed", `no answer from \`${host}\`: ${error.message}`, {
    hint: hints[error.reason],
    cause: error,
  });
}

function notAws(call: AwsCall, reply: NetworkReply, url: string): LetmeError {
  const { host } = new URL(url);
  const type = reply.headers.get("content-type") ?? "no content type";
  return new LetmeError(
    "failed",
    `\`${host}\` did not answer ${call.operation} as AWS does (HTTP ${reply.status}, ${type})`,
    { hint: "a proxy or a sign-in page may stand in between; `--debug` shows each request" },
  );
}

/**
 * Opens the connection to a service before it is needed, with the cheapest request that it
 * answers. It never fails: without it, the first call merely opens the connection itself.
 */
export async function warmConnection(client: AwsClient, service: Service): Promise<void> {
  try {
    const url = `${endpointOf(service, client.region, client.host.env)}/`;
    client.trace(`> opening the connection to ${new URL(url).host}`);
    await client.host.network.exchange({
      method: "GET",
      url,
      headers: { "user-agent": userAgent(client) },
      timeoutMilliseconds: attemptMilliseconds,
    });
  } catch {
    // The call that follows meets the same trouble and reports it.
  }
}

function userAgent(client: AwsClient): string {
  return `letme/${client.version} (${client.host.platform})`;
}
