import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StandIn } from "../support/stand-in.ts";
import { callSts } from "./client.ts";
import { ALICE, ALICE_KEYS, BASTION, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

function assumeRole(RoleArn: string, more: Record<string, string> = {}) {
  return { Action: "AssumeRole", RoleArn, RoleSessionName: "session", ...more };
}

const pattern = "failed to satisfy constraint: Member must satisfy regular expression pattern:";
test.each([
  [
    "a session name with a blank",
    { RoleSessionName: "a b" },
    `1 validation error detected: Value 'a b' at 'roleSessionName' ${pattern} [\\w+=,.@-]*`,
  ],
  [
    "a session name that is too short",
    { RoleSessionName: "a" },
    "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  ],
  [
    "a session name that is too long",
    { RoleSessionName: "a".repeat(65) },
    "Member must have length less than or equal to 64",
  ],
  [
    "a session name that is not ASCII",
    { RoleSessionName: "dév" },
    "Member must satisfy regular expression pattern",
  ],
  ["a role ARN that is too short", { RoleArn: "short" }, "Value 'short' at 'roleArn'"],
  [
    "a duration that is too short",
    { DurationSeconds: "899" },
    "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    "a duration that is too long",
    { DurationSeconds: "43201" },
    "Member must have value less than or equal to 43200",
  ],
  ["a duration that is no number", { DurationSeconds: "1h" }, "'durationSeconds'"],
  ["an external ID that is too short", { ExternalId: "a" }, "'externalId'"],
  ["an external ID with a blank", { ExternalId: "a b" }, `${pattern} [\\w+=,.@:\\/-]*`],
  [
    "a serial number and a code that are too short",
    { SerialNumber: "x", TokenCode: "12" },
    "2 validation errors detected: ",
  ],
  [
    "a code with a letter",
    { SerialNumber: ALICE.mfaSerial, TokenCode: "12345a" },
    `at 'tokenCode' ${pattern} [\\d]*`,
  ],
  ["a source identity of other characters", { SourceIdentity: "?!" }, "'sourceIdentity'"],
  ["a policy that is too long", { Policy: "x".repeat(2049) }, "'policy'"],
  [
    "a tag without a key",
    { "Tags.member.1.Key": "", "Tags.member.1.Value": "" },
    "'tags.1.member.key'",
  ],
])("%s is refused", async (_, fields, message) => {
  const reply = await callSts(standIn, ALICE_KEYS, { ...assumeRole(BASTION), ...fields });
  expect(reply.status).toBe(400);
  expect(reply.outcome).toStartWith("ValidationError: ");
  expect(reply.outcome).toContain(message);
});

test("what is required must be there", async () => {
  const reply = await callSts(standIn, ALICE_KEYS, { Action: "AssumeRole", RoleArn: BASTION });
  expect(reply.outcome).toBe(
    "ValidationError: 1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
  );
});

test("lists have limits", async () => {
  const fields: Record<string, string> = {};
  for (let number = 1; number <= 51; number += 1) {
    fields[`Tags.member.${number}.Key`] = `k${number}`;
    fields[`Tags.member.${number}.Value`] = "v";
    if (number <= 11)
      fields[`PolicyArns.member.${number}.arn`] = `arn:aws:iam::aws:policy/${number}`;
  }
  const reply = await callSts(standIn, ALICE_KEYS, assumeRole(BASTION, fields));
  expect(reply.outcome).toContain("'tags'");
  expect(reply.outcome).toContain("'policyArns'");
});

test("an unknown operation or version is refused", async () => {
  const operation = await callSts(standIn, ALICE_KEYS, { Action: "AssumeRoot" });
  expect(operation.outcome).toBe(
    "InvalidAction: Could not find operation AssumeRoot for version 2011-06-15",
  );
  const version = await callSts(standIn, ALICE_KEYS, {
    Action: "GetCallerIdentity",
    Version: "2000-01-01",
  });
  expect(version.outcome).toContain("for version 2000-01-01");
});
