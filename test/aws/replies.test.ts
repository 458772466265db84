import { describe, expect, test } from "bun:test";
import { unwrapAttribute } from "../../src/aws/dynamodb.ts";
import { AwsError, type AwsRefusal } from "../../src/aws/errors.ts";
import { readMaxAttempts, waitAfter } from "../../src/aws/retries.ts";
import { decodeCredentials, decodeStsError, requireCredentials } from "../../src/aws/sts.ts";
import { elementText } from "../../src/aws/xml.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";
import { configurationOf } from "./configuration.ts";

describe("STS's credentials", () => {
  const reply = (children: string) =>
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials>${children}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const key = "<AccessKeyId>ASIAEXAMPLE</AccessKeyId>";
  const secret = "<SecretAccessKey>s/e+c</SecretAccessKey>";
  const expiration = "<Expiration>2026-11-23T00:22:40.123Z</Expiration>";

  test("children in any order, a token over several lines, fractions of a second", () => {
    const token = "<SessionToken>\n  abc\n  def==\n</SessionToken>";
    expect(decodeCredentials(reply(expiration + token + secret + key))).toEqual({
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: "s/e+c",
      sessionToken: "abcdef==",
      expiration: new Date("2026-11-23T00:22:40.123Z"),
    });
  });

  test.each([
    ["no token", key + secret + expiration],
    ["an empty token", `${key}${secret}<SessionToken></SessionToken>${expiration}`],
    [
      "a secret that SDKs take for a comment",
      `${key}<SecretAccessKey>#secret</SecretAccessKey><SessionToken>a</SessionToken>${expiration}`,
    ],
    ["no time", `${key}${secret}<SessionToken>a</SessionToken>`],
    ["a wrong time", `${key}${secret}<SessionToken>a</SessionToken><Expiration>soon</Expiration>`],
    [
      "a line feed in a key",
      `<AccessKeyId>A\nB</AccessKeyId>${secret}<SessionToken>a</SessionToken>${expiration}`,
    ],
  ])("refused: %s", (_, children) => {
    expect(decodeCredentials(reply(children))).toBeUndefined();
  });

  test.each([
    ["in an hour", "2026-11-23T01:00:00Z", true],
    ["in 36 hours", "2026-11-24T12:00:00Z", true],
    ["an hour ago", "2026-11-22T23:00:00Z", false],
    ["in 9999", "9999-12-31T23:59:59Z", false],
  ])("that end %s", (_, end, fits) => {
    const { clientIn } = sourceContextOf(testHost({ now: new Date("2026-11-23T00:00:00Z") }));
    const body = reply(
      `${key}${secret}<SessionToken>a</SessionToken><Expiration>${end}</Expiration>`,
    );
    const read = () => requireCredentials(clientIn("eu-west-1"), body, "AssumeRole", false);
    if (fits) expect(read().expiration).toEqual(new Date(end));
    else expect(read).toThrow("which cannot be");
  });

  test("a page that is no reply", () => {
    expect(decodeCredentials("<html><body>Sign in</body></html>")).toBeUndefined();
  });
});

test.each([
  [
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
    "r-1",
  ],
  [
    "<Response><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors><RequestID>r-2</RequestID></Response>",
    "r-2",
  ],
  ["<Error><Code>AccessDenied</Code><Message>no</Message></Error>", undefined],
])("STS's error %s", (body, requestId) => {
  expect(decodeStsError(body)).toEqual({ code: "AccessDenied", reason: "no", requestId });
});

test("entities are decoded once", () => {
  expect(elementText("<a>&lt;&amp;lt;&#65;&#x42;&unknown;</a>", "a")).toBe("<&lt;AB&unknown;");
  expect(elementText("<a>&constructor;&lt;</a>", "a")).toBe("&constructor;<");
  expect(elementText("<ab>x</ab>", "a")).toBeUndefined();
});

test.each([
  [{ S: "a" }, { type: "string", value: "a" }],
  [{ N: "5" }, { type: "number", value: "5" }],
  [{ SS: ["a", "b"] }, { type: "strings", value: ["a", "b"] }],
  [{ L: [{ S: "a" }] }, { type: "strings", value: ["a"] }],
  [{ L: [] }, { type: "strings", value: [] }],
  [{ L: [{ S: "a" }, { N: "1" }] }, { type: "other", tag: "L" }],
  [{ L: [null] }, { type: "other", tag: "L" }],
  [{ NULL: true }, { type: "none" }],
  [{ BOOL: false }, { type: "boolean", value: false }],
  [{ M: {} }, { type: "other", tag: "M" }],
  [{ S: 5 }, { type: "other", tag: "S" }],
  [
    { S: "a", N: "1" },
    { type: "other", tag: "?" },
  ],
  [{}, { type: "other", tag: "?" }],
])("the attribute value %j", (value, expected) => {
  expect(unwrapAttribute(value)).toEqual(expected as ReturnType<typeof unwrapAttribute>);
});

test.each<[string, string, string, RegExp, string?]>([
  [
    "AccessDenied",
    "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    "credentials",
    /works once/,
  ],
  [
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.",
    "credentials",
    /mfa_arn/,
  ],
  [
    "AccessDenied",
    "User: x is not authorized to perform: sts:AssumeRole on resource: y",
    "credentials",
    /trust policy/,
  ],
  [
    "AccessDenied",
    "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "credentials",
    /trust policy .* provider, audience and subject/,
    "AssumeRoleWithWebIdentity",
  ],
  [
    "AccessDenied",
    "User: x is not authorized to perform: sts:GetSessionToken with an explicit deny",
    "credentials",
    /with `mfa_session = "off"`, and one account at a time/,
    "GetSessionToken",
  ],
  [
    "AccessDenied",
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    "credentials",
    /set `mfa_arn`/,
  ],
  ["AccessDenied", "Roles may not be assumed by root accounts.", "credentials", /IAM user/],
  [
    "AccessDenied",
    "Cannot call GetSessionToken with session credentials",
    "credentials",
    /long-term/,
  ],
  [
    "AccessDeniedException",
    "User is not authorized to perform: dynamodb:Scan",
    "credentials",
    /dynamodb:Query/,
  ],
  ["AccessDenied", "no", "credentials", /permission/],
  [
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    "failed",
    /--duration 1h/,
  ],
  [
    "ValidationError",
    "exceeds the 1 hour session limit for roles assumed by role chaining.",
    "failed",
    /one hour/,
  ],
  ["ExpiredToken", "", "credentials", /expired/],
  ["ExpiredTokenException", "", "credentials", /expired/],
  [
    "ExpiredTokenException",
    "Token expired: current date/time 1 must be before the expiration date/time 0",
    "credentials",
    /token file/,
    "AssumeRoleWithWebIdentity",
  ],
  ["InvalidClientTokenId", "", "credentials", /source credentials/],
  ["SignatureDoesNotMatch", "Signature expired: a is now earlier than b", "credentials", /clock/],
  [
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match",
    "credentials",
    /secret access key/,
  ],
  [
    "SignatureDoesNotMatch",
    "Credential should be scoped to a valid region. ",
    "configuration",
    /AWS_ENDPOINT_URL.*aws_source_profile_region/,
  ],
  [
    "InvalidSignatureException",
    "Credential should be scoped to a valid region.",
    "configuration",
    /AWS_ENDPOINT_URL/,
  ],
  ["RequestExpired", "", "credentials", /clock/],
  ["RequestInTheFuture", "", "credentials", /clock/],
  ["RegionDisabledException", "", "configuration", /region/],
  ["PackedPolicyTooLarge", "", "failed", /shorten/],
  ["IDPRejectedClaim", "", "credentials", /identity provider/],
  ["InvalidIdentityToken", "", "credentials", /identity provider/],
  ["IDPCommunicationError", "", "failed", /try again/],
  ["Throttling", "Rate exceeded", "failed", /wait/],
  ["ResourceNotFoundException", "", "configuration", /dynamodb_table/],
  ["SomethingNew", "", "failed", /--debug/],
])("%s %p is of kind %s, with a hint", (code, reason, kind, hint, operation = "AssumeRole") => {
  const refusal = {
    service: "sts",
    operation,
    status: 403,
    code,
    reason,
    requestId: "r-1",
  } as const;
  const error = new AwsError(refusal);
  expect(error.kind).toBe(kind as typeof error.kind);
  expect(error.hint).toMatch(hint);
  expect(error.message).toContain(code);
  expect(error.message).toContain("request id r-1");
});

describe("retries", () => {
  test.each([
    [undefined, 3],
    ["", 3],
    ["1", 1],
    ["5", 5],
    [" 2 ", 2],
  ])("AWS_MAX_ATTEMPTS=%p gives %d attempts", (value, attempts) => {
    expect(readMaxAttempts(configurationOf({ AWS_MAX_ATTEMPTS: value }))).toBe(attempts);
  });

  test("the variable comes before the profile's key, which comes before 3", () => {
    const config = "[default]\nmax_attempts = 7\n";
    expect(readMaxAttempts(configurationOf({}, config))).toBe(7);
    expect(readMaxAttempts(configurationOf({ AWS_MAX_ATTEMPTS: "2" }, config))).toBe(2);
  });

  test.each(["0", "x", "1.5", "-1"])("max_attempts = %s is refused, with its place", (value) => {
    const config = `[default]\nregion = eu-west-1\nmax_attempts = ${value}\n`;
    expect(() => readMaxAttempts(configurationOf({}, config))).toThrow(
      "`max_attempts` of profile `default` (/home/user/.aws/config:3) must be a whole number",
    );
    expect(() => readMaxAttempts(configurationOf({ AWS_MAX_ATTEMPTS: value }))).toThrow(
      "`AWS_MAX_ATTEMPTS` must be",
    );
  });

  test.each<[number, boolean, string | undefined, number]>([
    [1, false, undefined, 50],
    [2, false, undefined, 100],
    [1, true, undefined, 1000],
    [10, true, undefined, 20_000],
    [1, false, "1500", 1500],
    [1, false, "999999", 20_000],
    [1, false, "soon", 50],
  ])(
    "after attempt %d, throttled %p, asked for %p: at most %d ms",
    (number, throttled, retryAfter, most) => {
      expect(waitAfter(number, { throttled, retryAfter }, "sts", 1)).toBe(most);
    },
  );

  test("DynamoDB is asked again sooner", () => {
    const attempt = { throttled: false, retryAfter: undefined };
    expect(waitAfter(1, attempt, "dynamodb", 1)).toBe(25);
    expect(waitAfter(2, attempt, "dynamodb", 0.5)).toBe(25);
    expect(waitAfter(1, { ...attempt, throttled: true }, "dynamodb", 1)).toBe(1000);
  });
});

describe("what AWS says against a request", () => {
  const refused = (changes: Partial<AwsRefusal>) =>
    new AwsError({
      service: "sts",
      operation: "AssumeRole",
      status: 403,
      code: "AccessDenied",
      reason: "no",
      requestId: "r-1",
      ...changes,
    }).message;

  test.each<[string, Partial<AwsRefusal>, string]>([
    [
      "stays on one line",
      { reason: " a\nhint: run this\r\n\tnow " },
      "AccessDenied: a hint: run this now (HTTP 403, request id r-1)",
    ],
    ["may be nothing", { reason: " \n " }, "AccessDenied (HTTP 403, request id r-1)"],
    [
      "has an end",
      { reason: "x".repeat(2001) },
      `AccessDenied: ${"x".repeat(2000)} (HTTP 403, request id r-1)`,
    ],
    [
      "has a code of one word",
      { code: "Access Denied\nhint: run" },
      "Access?Denied?hint:?run: no (HTTP 403, request id r-1)",
    ],
    [
      "has a code with an end",
      { code: "c".repeat(129) },
      `${"c".repeat(128)}: no (HTTP 403, request id r-1)`,
    ],
    [
      "has an id of one word",
      { requestId: "r 1\n`x`" },
      "AccessDenied: no (HTTP 403, request id r?1??x?)",
    ],
    [
      "has an id with an end",
      { requestId: "i".repeat(129) },
      `AccessDenied: no (HTTP 403, request id ${"i".repeat(128)})`,
    ],
    ["may have no id", { requestId: undefined }, "AccessDenied: no (HTTP 403)"],
  ])("%s", (_, changes, said) => {
    expect(refused(changes)).toBe(`STS refused AssumeRole with ${said}`);
  });
});

test.each([
  "LimitExceededException",
  "ThrottlingException",
  "TooManyRequestsException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
])("%s says that AWS limits the rate", (code) => {
  const refusal = {
    service: "sts",
    operation: "x",
    status: 400,
    reason: "",
    requestId: "r",
  } as const;
  expect(new AwsError({ ...refusal, code })).toMatchObject({
    kind: "failed",
    hint: "AWS is limiting the rate: wait a moment, then run the command again",
  });
});
