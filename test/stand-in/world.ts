import { type StandIn, type StandInOptions, startStandIn } from "../support/stand-in.ts";
import type { Keys } from "./client.ts";

/** Has long-term keys and an MFA device. */
export const ALICE = {
  accessKeyId: "AKIAALICEALICEALICE0",
  secretAccessKey: "alice-alice-alice-alice-alice-alice-0000",
  arn: "arn:aws:iam::111111111111:user/alice",
  mfaSerial: "arn:aws:iam::111111111111:mfa/alice",
  mfaCodes: ["123456", "654321"],
} as const;

/** Has long-term keys, no MFA device, and no right to DynamoDB. */
export const BOB = {
  accessKeyId: "AKIABOBBOBBOBBOBBOB0",
  secretAccessKey: "bob-bob-bob-bob-bob-bob-bob-bob-bob-0000",
  arn: "arn:aws:iam::111111111111:user/bob",
  dynamodb: false,
} as const;

export const ALICE_KEYS: Keys = {
  accessKeyId: ALICE.accessKeyId,
  secretAccessKey: ALICE.secretAccessKey,
};
export const BOB_KEYS: Keys = {
  accessKeyId: BOB.accessKeyId,
  secretAccessKey: BOB.secretAccessKey,
};

export const BASTION = "arn:aws:iam::111111111111:role/bastion";
export const TARGET = "arn:aws:iam::222222222222:role/team/target";
export const GUARDED = "arn:aws:iam::333333333333:role/guarded";
export const EXTERNAL = "arn:aws:iam::444444444444:role/external";
export const FEDERATED = "arn:aws:iam::111111111111:role/federated";
export const PROVIDER = "arn:aws:iam::111111111111:oidc-provider/token.example.com";

/** Alice may assume the bastion, whose sessions may assume the target. */
export function startWorld(options: StandInOptions = {}): Promise<StandIn> {
  return startStandIn({
    principals: [ALICE, BOB],
    roles: [
      { arn: BASTION, trusts: [ALICE.arn], maxSessionDuration: 7200 },
      { arn: TARGET, trusts: [BASTION], maxSessionDuration: 43_200 },
      { arn: GUARDED, trusts: ["arn:aws:iam::111111111111:root"], requireMfa: true },
      { arn: EXTERNAL, trusts: ["*"], externalId: "letmein" },
      { arn: FEDERATED, trusts: [PROVIDER] },
    ],
    webIdentities: [
      { token: "good.web.token", provider: PROVIDER, subject: "ci" },
      { token: "old.web.token", provider: PROVIDER, subject: "ci", expired: true },
    ],
    ...options,
  });
}
