import { expect, test } from "bun:test";
import { AwsError } from "../../src/aws/errors.ts";
import { blaming } from "../../src/source/blame.ts";

test.each([
  [
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.",
    /^check `mfa_serial`: /,
  ],
  [
    "AccessDenied",
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    /set `mfa_serial`/,
  ],
  [
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    /^ask for less, as in `duration_seconds = 3600` in that profile, or raise/,
  ],
  [
    "ValidationError",
    "exceeds the 1 hour session limit for roles assumed by role chaining.",
    /use `duration_seconds = 3600` in that profile$/,
  ],
])("advice on a profile's %s %p is about the profile's keys", async (code, reason, hint) => {
  const refusal = {
    service: "sts",
    operation: "AssumeRole",
    status: 400,
    code,
    reason,
    requestId: undefined,
  } as const;
  const blamed = blaming("profile `admin` (/home/user/.aws/config:3)", async () => {
    throw new AwsError(refusal);
  });
  await expect(blamed).rejects.toMatchObject({
    message: expect.stringMatching(/^profile `admin` \(.*\): STS refused AssumeRole/),
    hint: expect.stringMatching(hint),
  });
});
