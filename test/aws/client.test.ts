import { describe, expect, test } from "bun:test";
import { type AwsCall, type AwsClient, callAws, warmConnection } from "../../src/aws/client.ts";
import { ClockSkew } from "../../src/aws/clock-skew.ts";
import { LetmeError, NetworkError } from "../../src/errors.ts";
import type { NetworkReply, NetworkRequest } from "../../src/host.ts";
import { testHost } from "../support/test-host.ts";

const start = Date.UTC(2026, 10, 23, 12, 0, 0);
const minute = 60_000;

type Answer = NetworkError | ReplyParts;

interface ReplyParts {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long it takes. */
  readonly milliseconds?: number;
}

/** A client whose network gives these answers, one after the other; sleeping moves its clock. */
function clientOf(answers: readonly Answer[], maxAttempts = 3) {
  const left = [...answers];
  const requests: NetworkRequest[] = [];
  const sleeps: number[] = [];
  const said = { trace: [] as string[], note: [] as string[], warn: [] as string[] };
  let time = start;
  const machine = testHost({});
  const host = {
    ...machine,
    clock: {
      ...machine.clock,
      now: () => new Date(time),
      monotonic: () => time - start,
      sleep: async (milliseconds: number) => {
        sleeps.push(milliseconds);
        time += milliseconds;
      },
      random: () => 1 - Number.EPSILON,
    },
    network: {
      exchange: async (request: NetworkRequest): Promise<NetworkReply> => {
        requests.push(request);
        const answer = left.shift();
        if (answer === undefined) throw new Error("one request too many");
        if (answer instanceof NetworkError) {
          if (answer.reason === "timeout") time += request.timeoutMilliseconds;
          throw answer;
        }
        time += answer.milliseconds ?? 5;
        return {
          status: answer.status,
          headers: new Headers(answer.headers),
          body: new TextEncoder().encode(answer.body ?? ""),
        };
      },
    },
  };
  const client: AwsClient = {
    host,
    region: "eu-west-1",
    version: "0",
    endpoints: { fips: undefined, dualStack: undefined, urls: {} },
    maxAttempts,
    authorities: undefined,
    skew: new ClockSkew(),
    trace: (line) => said.trace.push(line),
    note: (line) => said.note.push(line),
    warn: (line) => said.warn.push(line),
  };
  return { client, requests, sleeps, said };
}

const callOf = (once: boolean): AwsCall => ({
  service: "sts",
  operation: "AssumeRole",
  headers: {},
  body: "TokenCode=135792",
  credentials: {
    accessKeyId: "AKIA",
    secretAccessKey: "verysecret",
    sessionToken: "sessionsecret",
  },
  shown: "TokenCode=[hidden]",
  once,
  secrets: [],
  decodeError: (body) =>
    body.startsWith("<") || body === "" ? undefined : { code: body, reason: "" },
});

const fine: ReplyParts = { status: 200, body: "fine" };
const refused = (code: string, headers = {}, status = 400): ReplyParts => ({
  status,
  body: code,
  headers,
});
const network = (reason: NetworkError["reason"]) => new NetworkError(reason, `${reason}!`);

test("no error shows a secret that the reply gives back", async () => {
  const call: AwsCall = {
    ...callOf(false),
    secrets: ["135792"],
    proof: async () => ({ dpop: "proofofpossession" }),
    decodeError: (body) => ({ code: "SignatureDoesNotMatch", reason: body }),
  };
  const body =
    "is: x-amz-security-token:sessionsecret verysecret TokenCode=135792 proofofpossession";
  const { client, said } = clientOf([{ status: 403, body }]);
  const error = await callAws(client, call).catch((one: unknown) => one);
  const all = JSON.stringify([String(error), error, said]);
  for (const secret of ["sessionsecret", "verysecret", "135792", "proofofpossession"]) {
    expect(all).not.toContain(secret);
  }
  expect(String(error)).toContain("is: x-amz-security-token:[hidden] [hidden] TokenCode=[hidden]");
});

describe("a gateway that puts the session token everywhere", () => {
  const sessionToken = "IQoJb3JpZ2luX2VjEXAMPLEabcdefghijklmnopqrstuvwxyz0123456789";
  const call = (): AwsCall => ({
    ...callOf(false),
    credentials: { accessKeyId: "ASIA", secretAccessKey: "verysecret", sessionToken },
  });
  const tail = sessionToken.slice(20);

  test.each<[string, ReplyParts]>([
    ["as the request's id", refused("AccessDenied", { "x-amzn-requestid": tail })],
    ["as the other id", refused("AccessDenied", { "x-amz-request-id": sessionToken })],
    ["as the error's code", refused(tail)],
    ["as the code of one that is tried again", refused(tail, {}, 500)],
    [
      "as the type of a page",
      { status: 403, body: "<p>", headers: { "content-type": `text/${tail}` } },
    ],
    [
      "behind the type",
      { status: 403, body: "<p>", headers: { "content-type": `text/html; x=${tail}` } },
    ],
  ])("%s", async (_, answer) => {
    const { client, said } = clientOf([answer, answer, answer]);
    const error = await callAws(client, call()).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(LetmeError);
    expect(JSON.stringify([String(error), error, said])).not.toMatch(/abcdefghijkl|IQoJ/i);
  });

  test("an id that AWS may have given is shown", async () => {
    for (const id of ["3a389a1c-28ef-4e2e-8cd1-96353141877c", "A1".repeat(26)]) {
      const { client, said } = clientOf([refused("AccessDenied", { "x-amzn-requestid": id })]);
      await expect(callAws(client, call())).rejects.toThrow(`request id ${id}`);
      expect(said.trace.join()).toContain(`request id ${id}`);
    }
  });
});

describe("how often a request is sent", () => {
  // Once: with an MFA code in it.
  test.each<[string, Answer, number, number]>([
    ["an answer", fine, 1, 1],
    ["a refusal", refused("AccessDenied"), 1, 1],
    ["throttling", refused("Throttling"), 3, 1],
    ["throttling by status alone", refused("", {}, 429), 3, 1],
    ["a failure", refused("InternalFailure", {}, 500), 3, 1],
    ["a page of some proxy", { status: 502, body: "<html>" }, 3, 1],
    ["a page in AWS's place", { status: 403, body: "<html>" }, 1, 1],
    ["a code that has not the form of one", refused("a code\nerror: forged"), 1, 1],
    ["a redirect", { status: 302 }, 1, 1],
    ["the identity provider is slow", refused("IDPCommunicationError"), 3, 1],
    ["a wrong checksum", { ...fine, headers: { "x-amz-crc32": "1" } }, 3, 1],
    ["no connection", network("connect"), 3, 3],
    ["a cut connection", network("broken"), 3, 1],
    ["no reply in time", network("timeout"), 3, 1],
    ["an unknown certificate", network("certificate"), 1, 1],
    ["no TLS where there should be", network("tls"), 1, 1],
    ["a proxy that refuses", network("proxy"), 1, 1],
  ])("%s", async (_, answer, usually, once) => {
    for (const [isOnce, times] of [
      [false, usually],
      [true, once],
    ] as const) {
      const { client, requests } = clientOf(Array.from({ length: 4 }, () => answer));
      const outcome = await callAws(client, callOf(isOnce)).catch((error: unknown) => error);
      expect(requests.length).toBe(times);
      if (answer !== fine) expect(outcome).toBeInstanceOf(LetmeError);
    }
  });

  test("as often as was set, and no more than is needed", async () => {
    const many = clientOf(
      [refused("Throttling"), refused("Throttling"), network("broken"), fine],
      9,
    );
    expect(await callAws(many.client, callOf(false))).toBe("fine");
    expect(many.requests.length).toBe(4);
    const one = clientOf([refused("Throttling")], 1);
    await expect(callAws(one.client, callOf(false))).rejects.toThrow("Throttling");
  });

  test("an MFA request may be sent when an earlier one surely was not", async () => {
    const { client, requests } = clientOf([network("connect"), fine]);
    expect(await callAws(client, callOf(true))).toBe("fine");
    expect(requests.length).toBe(2);
  });

  test("a request with an MFA code whose reply is lost says what may have become of it", async () => {
    const { client } = clientOf([network("timeout")]);
    const failure = await callAws(client, callOf(true)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: "no answer from `sts.eu-west-1.amazonaws.com`: timeout!",
      hint: expect.stringContaining("the MFA code may be used up"),
    });
  });
});

test.each([
  [{ "x-amzn-requestid": "head-1" }, /\(HTTP 403, request id head-1\)$/],
  [{}, /\(HTTP 403, request id body-1\)$/],
])("the request id is the header's, else the body's: %j", async (headers, shown) => {
  const decodeError = () => ({ code: "AccessDenied", reason: "", requestId: "body-1" });
  const { client } = clientOf([{ status: 403, body: "x", headers }]);
  const failure = await callAws(client, { ...callOf(false), decodeError }).catch(String);
  expect(failure).toMatch(shown);
});

describe("whether the failure of a request with an MFA code says that it may be used up", () => {
  test.each<[string, Answer, boolean]>([
    ["a failure on AWS's side", refused("InternalFailure", {}, 500), true],
    ["another one", refused("Strange", {}, 520), true],
    ["throttling", refused("Throttling"), true],
    ["a page of some proxy", { status: 502, body: "<html>" }, true],
    ["a page in AWS's place", { status: 403, body: "<html>" }, true],
    ["a wrong checksum", { ...fine, headers: { "x-amz-crc32": "1" } }, true],
    ["a cut connection", network("broken"), true],
    ["no connection", network("connect"), false],
    ["no TLS", network("tls"), false],
    ["a refusal", refused("AccessDenied"), false],
  ])("%s", async (_, answer, says) => {
    for (const isOnce of [true, false]) {
      const { client } = clientOf([answer], 1);
      const failure = await callAws(client, callOf(isOnce)).catch((error: unknown) => error);
      if (!(failure instanceof LetmeError)) throw new Error("not refused");
      expect(failure.hint?.includes("the MFA code may be used up")).toBe(isOnce && says);
    }
  });
});

test("a server that speaks no TLS points to the URL, or to the proxy's", async () => {
  for (const [via, hint] of [
    [undefined, /whether the endpoint's URL is to begin with `https` or `http`/],
    ["http://proxy:8080", /the proxy's address, and the endpoint's URL, are to begin/],
  ] as const) {
    const { client } = clientOf([new NetworkError("tls", "no TLS", undefined, via)]);
    const failure = await callAws(client, callOf(false)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ hint: expect.stringMatching(hint) });
  }
});

test("a certificate that is out of its time points to the clock", async () => {
  const { client } = clientOf([
    new NetworkError("certificate", "its TLS certificate is not trusted (CERT_NOT_YET_VALID)"),
  ]);
  const failure = await callAws(client, callOf(false)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ hint: "check the date and the time of this machine" });
});

describe("waiting", () => {
  test("doubles, is longer when throttled, and is what AWS asks for", async () => {
    const throttled = refused("Throttling");
    const asked = refused("ServiceUnavailable", { "x-amz-retry-after": "1234" }, 503);
    const { client, sleeps, said } = clientOf(
      [network("broken"), network("broken"), throttled, asked, fine],
      9,
    );
    await callAws(client, callOf(false));
    expect(sleeps).toEqual([50, 100, 4000, 1234]);
    // Only what is noticed is worth a word.
    expect(said.note).toEqual([
      "sts.eu-west-1.amazonaws.com: Throttling; trying again in 4 s",
      "sts.eu-west-1.amazonaws.com: ServiceUnavailable; trying again in 1 s",
    ]);
  });

  test("a request that took its whole time is worth a word too", async () => {
    const { client, requests, said } = clientOf([network("timeout"), fine]);
    await callAws(client, callOf(false));
    expect(requests.map((one) => one.timeoutMilliseconds)).toEqual([10_000, 10_000]);
    expect(said.note).toEqual(["sts.eu-west-1.amazonaws.com: timeout!; trying again"]);
  });
});

describe("a clock that is off", () => {
  const dated = (offset: number, parts: ReplyParts = fine): ReplyParts => ({
    ...parts,
    headers: { ...parts.headers, date: new Date(start + offset).toUTCString() },
  });
  const signedAt = (request: NetworkRequest | undefined) =>
    /^(\d{8}T\d{6})Z$/.exec(request?.headers["x-amz-date"] ?? "")?.[1];

  test.each(["InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"])(
    "is corrected by the reply's date, once and without a wait: %s",
    async (code) => {
      const late = dated(20 * minute, refused(code));
      const { client, requests, sleeps, said } = clientOf([late, dated(20 * minute), fine]);
      await callAws(client, callOf(false));
      expect(requests.map(signedAt)).toEqual(["20261123T120000", "20261123T122000"]);
      expect(sleeps).toEqual([]);
      expect(said.warn).toEqual([
        "the clock of this machine is 20 min behind AWS's: requests are signed with AWS's time; set the clock",
      ]);
      // For the rest of the run.
      await callAws(client, callOf(true));
      expect(signedAt(requests[2])).toBe("20261123T122000");
      expect(said.warn.length).toBe(1);
    },
  );

  test("counts as an attempt, and is not corrected twice", async () => {
    const late = dated(20 * minute, refused("RequestExpired"));
    const one = clientOf([late], 1);
    await expect(callAws(one.client, callOf(false))).rejects.toThrow("RequestExpired");
    const earlier = dated(-20 * minute, refused("RequestExpired"));
    const two = clientOf([late, earlier], 9);
    await expect(callAws(two.client, callOf(false))).rejects.toThrow("RequestExpired");
  });

  test.each<[string, ReplyParts]>([
    ["less than four minutes", dated(3.9 * minute, refused("RequestExpired"))],
    ["out of a cache", dated(20 * minute, refused("RequestExpired", { age: "7" }))],
    [
      "a reply that took too long",
      { ...dated(40 * minute, refused("RequestExpired")), milliseconds: 16 * minute },
    ],
    ["no date", refused("RequestExpired")],
    ["a date that is none", refused("RequestExpired", { date: "soon" })],
  ])("is left alone: %s", async (_, reply) => {
    const { client, requests, said } = clientOf([reply]);
    await expect(callAws(client, callOf(false))).rejects.toThrow("RequestExpired");
    expect(requests.length).toBe(1);
    expect(said.warn).toEqual([]);
  });

  test("is learnt from any reply, so that a request with an MFA code is right at once", async () => {
    const { client, requests, said } = clientOf([dated(-3 * 60 * minute, { status: 302 }), fine]);
    await warmConnection(client, "sts");
    await callAws(client, callOf(true));
    expect(signedAt(requests[1])).toBe("20261123T090000");
    expect(said.warn[0]).toContain("is 3 h ahead of AWS's");
  });

  test("does not make a request with an MFA code be sent twice", async () => {
    const { client, requests } = clientOf([dated(20 * minute, refused("SignatureDoesNotMatch"))]);
    const failure = await callAws(client, callOf(true)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: "credentials",
      hint: "set the clock of this machine, then run the command again: a request with an MFA code is never sent twice",
    });
    expect(requests.length).toBe(1);
  });

  test("a refusal that is not about time stays one", async () => {
    const { client, requests } = clientOf([dated(20 * minute, refused("AccessDenied"))]);
    await expect(callAws(client, callOf(false))).rejects.toThrow("AccessDenied");
    expect(requests.length).toBe(1);
  });
});

test("--debug shows each attempt, and no secret", async () => {
  const { client, said } = clientOf([
    refused("Throttling", { "x-amzn-requestid": "id-1" }),
    network("timeout"),
    { ...fine, headers: { "x-amzn-requestid": "id-2" } },
  ]);
  await callAws(client, callOf(false));
  expect(said.trace).toEqual([
    "> AssumeRole sts.eu-west-1.amazonaws.com TokenCode=[hidden]",
    "< AssumeRole HTTP 400 in 5 ms, request id id-1",
    "AssumeRole: Throttling, trying again in 1000 ms (1 of 3)",
    "> AssumeRole sts.eu-west-1.amazonaws.com TokenCode=[hidden]",
    "< AssumeRole no reply in 10000 ms: timeout!",
    "AssumeRole: timeout!, trying again in 100 ms (2 of 3)",
    "> AssumeRole sts.eu-west-1.amazonaws.com TokenCode=[hidden]",
    "< AssumeRole HTTP 200 in 5 ms, request id id-2",
  ]);
  expect(said.trace.join()).not.toMatch(/secret|135792|AWS4|Signature/);
});

describe("what AWS sends for a moment only", () => {
  test.each<[string, Answer]>([
    ["a request that came too slowly", refused("RequestTimeout")],
    ["the same of another service", refused("RequestTimeoutException")],
    ["a gateway that waited in vain", { status: 504, body: "<html>" }],
    ["a service that is not there", { status: 503, body: "<html>" }],
    ["a failure without a word", { status: 500 }],
    ["too much at a time", refused("LimitExceededException")],
  ])("is asked for again: %s", async (_, answer) => {
    const { client, requests } = clientOf([answer, answer, fine]);
    expect(await callAws(client, callOf(false))).toBe("fine");
    expect(requests.length).toBe(3);
  });

  test.each([501, 505])("but not what it will never do: %d", async (status) => {
    const { client, requests } = clientOf([{ status, body: "<html>" }]);
    await expect(callAws(client, callOf(false))).rejects.toBeInstanceOf(LetmeError);
    expect(requests.length).toBe(1);
  });
});

test("replies are asked for uncompressed, as their checksum is of the bytes on the wire", async () => {
  const { client, requests } = clientOf([fine]);
  await callAws(client, callOf(false));
  expect(requests[0]?.headers["accept-encoding"]).toBe("identity");
  expect(requests[0]?.headers["authorization"]).not.toContain("accept-encoding");
});

test("a clock that is right again is used again, without a word", async () => {
  const dated = (offset: number): ReplyParts => ({
    ...fine,
    headers: { date: new Date(start + offset).toUTCString() },
  });
  const { client, requests, said } = clientOf([dated(20 * minute), dated(0), fine]);
  for (const once of [false, false, true]) await callAws(client, callOf(once));
  expect(requests.map(({ headers }) => headers["x-amz-date"])).toEqual([
    "20261123T120000Z",
    "20261123T122000Z",
    "20261123T120000Z",
  ]);
  expect(said.warn).toEqual([expect.stringContaining("is 20 min behind AWS's")]);
});
