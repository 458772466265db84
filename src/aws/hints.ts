import type { Advice, AwsRefusal } from "./errors.ts";

interface Rule {
  readonly codes: readonly string[];
  /** Only where AWS's text matches, for codes that stand for several things. */
  readonly text?: RegExp;
  /** Only of this operation. */
  readonly operation?: string;
  readonly advice: Advice;
}

const newKeys =
  "the source credentials are wrong or were deleted: check the source profile, or that no stale AWS_ACCESS_KEY_ID is in the environment";
const newSession = "the source credentials have expired: sign in again, then run the command again";
const clock = "the clock of this machine is probably off: set it, then run the command again";

/** The end of a hint, for who has no MFA set up. */
export const adviceToSetMfa = "; if either asks for MFA, set `mfa_arn`";

// The texts are AWS's own; the first rule that matches counts.
const rules: readonly Rule[] = [
  {
    codes: ["AccessDenied"],
    text: /invalid MFA one time pass code/i,
    advice: {
      kind: "credentials",
      hint: "a code works once: give the next one that the device shows; if that fails too, check the device's clock",
    },
  },
  {
    codes: ["AccessDenied"],
    text: /unable to validate MFA code/i,
    advice: {
      kind: "credentials",
      hint: "check `mfa_arn`: it is the ARN of your own device, as in `arn:aws:iam::123456789012:mfa/NAME` (not `:user/`)",
    },
  },
  {
    codes: ["AccessDenied"],
    text: /must provide both MFA serial/i,
    advice: {
      kind: "credentials",
      hint: "the role wants MFA: set `mfa_arn` to the ARN of your device, and give its code",
    },
  },
  {
    codes: ["AccessDenied"],
    text: /Roles may not be assumed by root accounts/i,
    advice: {
      kind: "credentials",
      hint: "the source credentials are those of an account's root user: use those of an IAM user or a role",
    },
  },
  {
    codes: ["AccessDenied"],
    text: /Cannot call GetSessionToken with session credentials/i,
    advice: {
      kind: "credentials",
      hint: "use a source profile with long-term keys, or leave `mfa_arn` out",
    },
  },
  {
    codes: ["AccessDenied"],
    text: /not authorized to perform:? sts:GetSessionToken/i,
    advice: {
      kind: "credentials",
      hint: 'a policy denies MFA sessions to this user: with `mfa_session = "off"`, and one account at a time, the code goes with the role itself',
    },
  },
  {
    codes: ["AccessDenied"],
    text: /not authorized to perform:? sts:AssumeRoleWithWebIdentity/i,
    advice: {
      kind: "credentials",
      hint: "the role's trust policy must allow sts:AssumeRoleWithWebIdentity and name the token's provider, audience and subject",
    },
  },
  {
    codes: ["AccessDenied", "AccessDeniedException"],
    text: /not authorized to perform:? sts:/i,
    advice: {
      kind: "credentials",
      hint: `the role's trust policy must allow the caller, and the caller's policy must allow sts:AssumeRole on the role${adviceToSetMfa}`,
    },
  },
  {
    codes: ["AccessDenied", "AccessDeniedException"],
    text: /dynamodb:/i,
    advice: {
      kind: "credentials",
      hint: "the source credentials need dynamodb:Query and dynamodb:Scan on the table",
    },
  },
  {
    codes: ["AccessDenied", "AccessDeniedException"],
    advice: { kind: "credentials", hint: "ask whoever manages the account for this permission" },
  },
  {
    codes: ["ValidationError"],
    text: /exceeds the MaxSessionDuration/i,
    advice: {
      kind: "failed",
      hint: "ask for less, as in `--duration 1h`, or raise the role's maximum session duration",
    },
  },
  {
    codes: ["ValidationError"],
    text: /1 hour session limit/i,
    advice: {
      kind: "failed",
      hint: "a role assumed with temporary credentials lasts one hour at most: use `--duration 1h`",
    },
  },
  {
    codes: ["ExpiredToken", "ExpiredTokenException"],
    operation: "AssumeRoleWithWebIdentity",
    advice: {
      kind: "credentials",
      hint: "the token in the token file is too old: have whatever issues it write a new one, then run the command again",
    },
  },
  {
    codes: ["ExpiredToken", "ExpiredTokenException"],
    advice: { kind: "credentials", hint: newSession },
  },
  {
    codes: ["InvalidClientTokenId", "UnrecognizedClientException"],
    advice: { kind: "credentials", hint: newKeys },
  },
  {
    codes: ["SignatureDoesNotMatch", "InvalidSignatureException"],
    text: /expired|not yet current|earlier than|later than/i,
    advice: { kind: "credentials", hint: clock },
  },
  {
    codes: ["SignatureDoesNotMatch", "InvalidSignatureException"],
    text: /Credential should be scoped to/i,
    advice: {
      kind: "configuration",
      hint: "the endpoint is that of another region or service: check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_DYNAMODB and `aws_source_profile_region`",
    },
  },
  {
    codes: ["IncompleteSignatureException", "IncompleteSignature"],
    advice: {
      kind: "credentials",
      hint: "the access key id is not one: it and the secret may be swapped in the source; or a proxy changes headers",
    },
  },
  {
    codes: ["SignatureDoesNotMatch", "InvalidSignatureException"],
    advice: {
      kind: "credentials",
      hint: "the secret access key does not belong to the access key id: copy both again",
    },
  },
  {
    codes: ["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"],
    advice: { kind: "credentials", hint: clock },
  },
  {
    codes: ["MissingAuthenticationToken", "MissingAuthenticationTokenException"],
    advice: { kind: "credentials", hint: newKeys },
  },
  {
    codes: ["RegionDisabledException"],
    advice: {
      kind: "configuration",
      hint: "STS is switched off for this region in the account: use another `aws_source_profile_region`, or have it switched on in IAM",
    },
  },
  {
    codes: ["PackedPolicyTooLarge", "PackedPolicyTooLargeException"],
    advice: { kind: "failed", hint: "shorten the session tags or the session policy" },
  },
  {
    codes: ["IDPRejectedClaim", "InvalidIdentityToken"],
    advice: {
      kind: "credentials",
      hint: "the identity provider's token is not accepted: check its audience, its age and the role's trust policy",
    },
  },
  {
    codes: ["IDPCommunicationError"],
    advice: { kind: "failed", hint: "AWS could not reach the identity provider: try again" },
  },
  {
    codes: ["ResourceNotFoundException"],
    advice: {
      kind: "configuration",
      hint: "check `dynamodb_table` and `aws_source_profile_region`, and that the source profile is of the account that has the table",
    },
  },
];

const throttled: Advice = {
  kind: "failed",
  hint: "AWS is limiting the rate: wait a moment, then run the command again",
};

/** The kind of failure and the next step for what AWS answered. */
export function adviceFor(refusal: AwsRefusal): Advice {
  for (const rule of rules) {
    if (!rule.codes.includes(refusal.code)) continue;
    if (rule.operation !== undefined && rule.operation !== refusal.operation) continue;
    if (rule.text === undefined || rule.text.test(refusal.reason)) return rule.advice;
  }
  if (isThrottling(refusal.code)) return throttled;
  if (refusal.status >= 500) {
    return { kind: "failed", hint: "the failure is on AWS's side: try again in a moment" };
  }
  return { kind: "failed", hint: "run the command again with `--debug` to see each request" };
}

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const throttlingCodes = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "TooManyRequestsException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "BandwidthLimitExceeded",
  "LimitExceededException",
  "SlowDown",
  "PriorRequestNotComplete",
  "TransactionInProgressException",
]);

/** Whether the code says that the caller asks too fast. */
export function isThrottling(code: string): boolean {
  return throttlingCodes.has(code);
}
