import type { Host } from "../host.ts";
import type { RoleChain } from "../obtain/plan.ts";
import type { ProfileOwner, ProfileToWrite } from "../profiles/profile.ts";
import type { Todo } from "./work.ts";

/** An account's profile as it is written, with credentials that were just obtained. */
export function profileOf(
  { profileName, chain }: Todo,
  credentials: ProfileToWrite["credentials"],
  { clock }: Host,
): ProfileToWrite {
  return {
    name: profileName,
    owner: ownerOf(chain),
    credentials,
    region: chain.account.regions[0],
    chain: chain.fingerprint,
    obtainedAt: clock.localTime(clock.now()),
  };
}

/** Whose an account's profile is. The account is that of the last role, which is its own. */
export function ownerOf({ hops, contextName }: RoleChain): ProfileOwner {
  return { account: hops.at(-1)?.roleArn.split(":")[4] ?? "", context: contextName };
}

/**
 * What a dry run writes in the place of a profile: the preview hides the credentials, so it neither
 * assumes a role nor spends an MFA code.
 */
export function standInProfile(todo: Todo, host: Host): ProfileToWrite {
  const seconds = todo.chain.hops.at(-1)?.durationSeconds ?? 0;
  const credentials = {
    accessKeyId: "hidden",
    secretAccessKey: "hidden",
    sessionToken: "hidden",
    expiration: new Date(host.clock.now().getTime() + seconds * 1000),
  };
  return profileOf(todo, credentials, host);
}
