import type { NetworkReply } from "../host.ts";
import type { AwsCall, DecodedError } from "./client.ts";
import { isSkewError } from "./clock-skew.ts";
import { AwsError, type AwsRefusal } from "./errors.ts";
import { adviceFor, isThrottling } from "./hints.ts";
import { notAws, spentCode } from "./no-reply.ts";
import { isRevealing, withoutSecrets } from "./redaction.ts";
import type { Attempt } from "./retries.ts";

/**
 * What a whole HTTP reply means for a call: its result, or the error of AWS's or of whoever answered
 * in its place, and whether the call may be tried again. `secrets`: those of the request, which no
 * error may show. `clockIsOff`: the clock was corrected since the request was signed.
 */
export function judgeReply(
  call: AwsCall,
  reply: NetworkReply,
  url: string,
  secrets: readonly string[],
  clockIsOff: boolean,
): Attempt {
  const body = new TextDecoder().decode(reply.body);
  const whole = hasRightChecksum(reply);
  if (reply.status === 200 && whole) return { outcome: "done", body };
  const refused = whole ? refusalOf(call, body, reply.headers, secrets) : undefined;
  const throttled = reply.status === 429 || (refused !== undefined && isThrottling(refused.code));
  const transient =
    !whole ||
    throttled ||
    [500, 502, 503, 504].includes(reply.status) ||
    refused?.code === "RequestTimeout" ||
    refused?.code === "RequestTimeoutException" ||
    refused?.code === "IDPCommunicationError";
  // A failure on AWS's side may have come behind the look at the code.
  const maySpend = call.once && (transient || reply.status >= 500);
  const clockCorrected = clockIsOff && refused !== undefined && isSkewError(refused.code);
  return {
    outcome: "failed",
    why: whole ? (refused?.code ?? `HTTP ${reply.status}`) : "the reply was damaged on its way",
    mayRepeat: (transient || clockCorrected) && !call.once,
    throttled,
    clockCorrected,
    retryAfter: reply.headers.get("x-amz-retry-after") ?? undefined,
    error:
      refused === undefined
        ? notAws(call.operation, reply, url, whole, secrets, call.once)
        : refusalError(
            {
              service: call.service,
              operation: call.operation,
              status: reply.status,
              requestId: requestIdOf(reply, secrets) ?? checkedId(refused.requestId, secrets),
              code: refused.code,
              reason: withoutSecrets(refused.reason, secrets),
            },
            { askForClock: clockCorrected && call.once, maySpend },
          ),
  };
}

function refusalError(
  refusal: AwsRefusal,
  about: { readonly askForClock: boolean; readonly maySpend: boolean },
): AwsError {
  if (about.askForClock) return new AwsError(refusal, { kind: "credentials", hint: setClock });
  const advice = adviceFor(refusal);
  if (!about.maySpend) return new AwsError(refusal, advice);
  return new AwsError(refusal, { ...advice, hint: `${advice.hint}${spentCode}` });
}

/** Undefined also where what stands in a code's place has not the form of one: AWS did not write it. */
function refusalOf(
  call: AwsCall,
  body: string,
  headers: Headers,
  secrets: readonly string[],
): DecodedError | undefined {
  const refused = call.decodeError(body, headers);
  if (refused === undefined || !/^[\w.:-]{1,128}$/.test(refused.code)) return undefined;
  return isRevealing(refused.code, secrets) ? undefined : refused;
}

const setClock =
  "set the clock of this machine, then run the command again: a request with an MFA code is never sent twice";

/**
 * AWS's id of a request, by which its support finds it; undefined where what stands there is none. AWS's
 * own forms can be no part of a secret; in any other form it is looked for.
 */
export function requestIdOf(reply: NetworkReply, secrets: readonly string[]): string | undefined {
  const stated = reply.headers.get("x-amzn-requestid") ?? reply.headers.get("x-amz-request-id");
  return checkedId(stated ?? undefined, secrets);
}

function checkedId(id: string | undefined, secrets: readonly string[]): string | undefined {
  if (id === undefined || !/^[\w-]{1,64}$/.test(id)) return undefined;
  if (/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z0-9]{52})$/.test(id)) return id;
  return isRevealing(id, secrets) ? undefined : id;
}

/** DynamoDB says the CRC-32 of the bytes that it sent; a reply without one counts as right. */
function hasRightChecksum(reply: NetworkReply): boolean {
  const stated = reply.headers.get("x-amz-crc32");
  return stated === null || Number(stated) === Bun.hash.crc32(reply.body);
}
