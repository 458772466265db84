import { NetworkError } from "../errors.ts";
import type { Host, NetworkReply } from "../host.ts";
import { isAccessKeyId } from "../key-form.ts";
import { type ClockSkew, describeSkew } from "./clock-skew.ts";
import type { Credentials } from "./credentials.ts";
import type { EndpointSettings } from "./endpoint-settings.ts";
import { type Endpoint, endpointOf, type Service } from "./endpoints.ts";
import { noReply } from "./no-reply.ts";
import { judgeReply, requestIdOf } from "./replies.ts";
import { type Attempt, waitAfter } from "./retries.ts";
import { signedHeaders } from "./signing.ts";

/** What every call to AWS needs; the same for the whole run. */
export interface AwsClient {
  readonly host: Host;
  readonly region: string;
  readonly version: string;
  readonly endpoints: EndpointSettings;
  /** How often a call is tried in all. */
  readonly maxAttempts: number;
  /** PEM certificates that servers are checked against; undefined for the usual ones. */
  readonly authorities: string | undefined;
  readonly skew: ClockSkew;
  /** Takes a line for `--debug`; what goes in has no secret in it. */
  readonly trace: (line: string) => void;
  /** Takes what somebody who waits should read. */
  readonly note: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** One request to AWS, before it is signed. */
export interface AwsCall {
  readonly service: Service;
  readonly operation: string;
  /** POST where not given; a GET goes without a body. */
  readonly method?: "GET" | "POST";
  /** With its query, which has no secret in it; `/` where not given. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Undefined for an operation that takes no signature. */
  readonly credentials: Credentials | undefined;
  /** Headers that are made anew for each attempt, such as a proof of possession. */
  readonly proof?: (method: string, url: string) => Promise<Readonly<Record<string, string>>>;
  /** What `--debug` may show of the parameters. */
  readonly shown: string;
  /** What of the call nobody may see, beside its credentials and proof. */
  readonly secrets: readonly string[];
  /**
   * Whether it must not be sent again once it may have reached AWS: an MFA code is good once, so a
   * second try could only fail, and would hide why the first did.
   */
  readonly once: boolean;
  /** AWS's error in a reply that is no result; undefined where it is not AWS's form. */
  readonly decodeError: (body: string, headers: Headers) => DecodedError | undefined;
}

/** What an error of AWS's says. */
export interface DecodedError {
  readonly code: string;
  readonly reason: string;
  /** Where it stands in the body; the headers' comes first. */
  readonly requestId?: string | undefined;
}

/** How long one attempt may take until its reply begins, the connection included. */
const attemptMilliseconds = 10_000;
/** How long the opening of a connection may take that no call waits for any more. */
const openingMilliseconds = 5000;
/** What may be over at the next try. */
const mayPass = new Set<NetworkError["reason"]>(["timeout", "connect", "broken"]);
/** A wait that somebody notices. */
const noticeableWait = 1000;

/**
 * Signs and sends a call and gives the body of AWS's successful reply. Tries again as AWS's
 * "standard" retry mode does. Throws an `AwsError` where AWS refuses, a `failed` error where no AWS
 * answered.
 */
export async function callAws(client: AwsClient, call: AwsCall): Promise<string> {
  const { host, maxAttempts, trace, note } = client;
  const endpoint = endpointOf(call.service, client.region, client.endpoints);
  let corrections = 0;
  for (let number = 1; ; number++) {
    const started = host.clock.monotonic();
    const attempt = await tryOnce(client, call, endpoint);
    if (attempt.outcome === "done") return attempt.body;
    const again =
      number < maxAttempts && attempt.mayRepeat && !(attempt.clockCorrected && corrections > 0);
    if (!again) throw attempt.error;
    if (attempt.clockCorrected) corrections++;
    const wait = attempt.clockCorrected
      ? 0
      : waitAfter(number, attempt, call.service, host.clock.random());
    trace(
      `${call.operation}: ${attempt.why}, trying again in ${wait} ms (${number} of ${maxAttempts})`,
    );
    const lost = host.clock.monotonic() - started + wait;
    if (lost >= noticeableWait) {
      const when = wait >= noticeableWait ? ` in ${Math.round(wait / 1000)} s` : "";
      note(`${new URL(endpoint.url).host}: ${attempt.why}; trying again${when}`);
    }
    if (wait > 0) await host.clock.sleep(wait);
  }
}

async function tryOnce(client: AwsClient, call: AwsCall, endpoint: Endpoint): Promise<Attempt> {
  const { trace } = client;
  const url = `${endpoint.url}${call.path ?? "/"}`;
  const method = call.method ?? "POST";
  const usedSkew = client.skew.milliseconds;
  const proof = await call.proof?.(method, url);
  const own = { ...call.headers, ...proof };
  const signed =
    call.credentials === undefined
      ? own
      : await signedHeaders({
          url,
          service: call.service,
          region: endpoint.signingRegion,
          headers: own,
          body: call.body,
          credentials: call.credentials,
          now: awsTime(client),
        });
  // Left out of the signature, because proxies change them. The checksum of DynamoDB is of the
  // bytes on the wire, so they must come uncompressed.
  const headers = { ...signed, "user-agent": userAgent(client), "accept-encoding": "identity" };
  const secrets = [...call.secrets, ...secretsOf(call.credentials), ...Object.values(proof ?? {})];
  trace(`> ${call.operation} ${new URL(url).host} ${call.shown}`);
  let reply: NetworkReply;
  try {
    const request = { method, url, headers, ...(method === "GET" ? {} : { body: call.body }) };
    reply = await exchange(client, call.operation, request, secrets);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return {
      outcome: "failed",
      why: error.message,
      mayRepeat: mayPass.has(error.reason) && !(call.once && error.reached),
      throttled: false,
      clockCorrected: false,
      retryAfter: undefined,
      error: noReply(client, url, error, call.once),
    };
  }
  return judgeReply(call, reply, url, secrets, client.skew.differsFrom(usedSkew));
}

/** Sends a request, shows it to `--debug`, and looks what time its reply says it is. */
async function exchange(
  client: AwsClient,
  operation: string,
  request: {
    readonly method: "GET" | "POST";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
  secrets: readonly string[],
  timeoutMilliseconds = attemptMilliseconds,
): Promise<NetworkReply> {
  const { host, trace, authorities } = client;
  const started = host.clock.monotonic();
  try {
    const reply = await host.network.exchange({
      ...request,
      ...(authorities === undefined ? {} : { authorities }),
      timeoutMilliseconds,
    });
    const took = host.clock.monotonic() - started;
    const through = throughProxy(reply.via);
    trace(
      `< ${operation} HTTP ${reply.status} in ${Math.round(took)} ms, request id ${requestIdOf(reply, secrets) ?? "none"}${through}`,
    );
    if (client.skew.observe(reply.headers, host.clock.now(), took)) warnOfSkew(client);
    return reply;
  } catch (error) {
    if (error instanceof NetworkError) {
      const took = Math.round(host.clock.monotonic() - started);
      trace(`< ${operation} no reply in ${took} ms: ${error.message}${throughProxy(error.via)}`);
    }
    throw error;
  }
}

function throughProxy(via: string | undefined): string {
  return via === undefined ? "" : `, through the proxy ${via}`;
}

function warnOfSkew(client: AwsClient): void {
  const { milliseconds } = client.skew;
  if (milliseconds === 0) return;
  client.warn(
    `the clock of this machine is ${describeSkew(milliseconds)}: requests are signed with AWS's time; set the clock`,
  );
}

/** What nobody may see of credentials: of the id only what is none, for the two may be swapped. */
function secretsOf(credentials: Credentials | undefined): readonly string[] {
  if (credentials === undefined) return [];
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  return [secretAccessKey, sessionToken, isAccessKeyId(accessKeyId) ? "" : accessKeyId];
}

/** What time it is for AWS, as far as its replies have shown. */
export function awsTime({ host, skew }: Pick<AwsClient, "host" | "skew">): Date {
  return new Date(host.clock.now().getTime() + skew.milliseconds);
}

/**
 * Opens the connection to a service before it is needed, with the cheapest request that it
 * answers. It never fails: a call that does not find the connection open opens one itself.
 */
export async function warmConnection(client: AwsClient, service: Service): Promise<void> {
  try {
    const url = `${endpointOf(service, client.region, client.endpoints).url}/`;
    client.trace(`> opening the connection to ${new URL(url).host}`);
    const headers = { "user-agent": userAgent(client) };
    const request = { method: "GET", url, headers } as const;
    await exchange(client, "opening the connection", request, [], openingMilliseconds);
  } catch {
    // The call that follows meets the same trouble and reports it.
  }
}

function userAgent(client: AwsClient): string {
  return `letme/${client.version} (${client.host.platform})`;
}
