import { type AwsClient, awsTime } from "../aws/client.ts";
import { endpointOf } from "../aws/endpoints.ts";
import type { Invocation } from "../cli/declaration.ts";
import { maskedKeyId, memoryKey, openMemory } from "../obtain/memory.ts";
import type { Settings } from "../settings/settings.ts";
import type { RoleMemory, RolePath } from "../source/source.ts";
import { stateOf } from "./connection.ts";
import { takeTurn } from "./turns.ts";

/** Where letme's files are, and whether what an MFA code gave may be remembered. */
export interface RoleMemorySettings extends Pick<Settings, "paths"> {
  readonly mfaSession: Pick<Settings["mfaSession"], "value">;
}

/**
 * The roles of source profiles as letme's state remembers them. Each time it is asked the state is
 * read anew, for another letme may have got the same meanwhile.
 */
export function openRoleMemory(
  invocation: Invocation,
  settings: RoleMemorySettings,
  client: AwsClient,
): RoleMemory {
  const state = stateOf(invocation, settings, client);
  const open = () => openMemory(state, () => awsTime(client));
  const keyOf = ({ accessKeyId, roles }: RolePath) =>
    memoryKey([
      ...["source-role", accessKeyId],
      ...roles.flatMap((role) => [
        ...[role.roleArn, role.roleSessionName, role.durationSeconds],
        ...[role.externalId ?? null, role.serialNumber ?? null],
        ...[role.region, endpointOf("sts", role.region, client.endpoints).url],
      ]),
    ]);
  // Who wants each MFA code asked wants nothing remembered that one gave.
  const isRemembered = ({ roles }: RolePath) =>
    settings.mfaSession.value !== "off" || roles.every((role) => role.serialNumber === undefined);
  return {
    recall: async (path) => (isRemembered(path) ? open().recall(keyOf(path)) : undefined),
    async save(path, credentials) {
      const last = path.roles.at(-1);
      if (last === undefined || !isRemembered(path)) return;
      const memory = open();
      const source = maskedKeyId(path.accessKeyId);
      const what = { label: last.roleArn, source, region: last.region };
      memory.record(keyOf(path), credentials, { kind: "hop", ...what });
      await memory.save();
    },
    async forget(path, stale) {
      const key = keyOf(path);
      const keys = new Set(path.roles.map((_, index) => keyOf(upTo(path, index + 1))));
      await state.update((before) => {
        if (before.credentials[key]?.accessKeyId !== stale.accessKeyId) return before;
        const left = Object.entries(before.credentials).filter(([one]) => !keys.has(one));
        return { ...before, credentials: Object.fromEntries(left) };
      });
    },
    async inTurn(path, act) {
      const turn = await takeTurn(invocation, settings, "source", keyOf(upTo(path, 1)));
      try {
        return await act();
      } finally {
        turn?.release();
      }
    },
  };
}

function upTo(path: RolePath, count: number): RolePath {
  return { ...path, roles: path.roles.slice(0, count) };
}
