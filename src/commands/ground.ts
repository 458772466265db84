import { checkPartitions } from "../aws/partitions.ts";
import type { Invocation } from "../cli/declaration.ts";
import type { WrittenProfile } from "../obtain/keep.ts";
import { requireTable } from "../registry/choose.ts";
import type { Registry } from "../registry/registry.ts";
import type { Settings } from "../settings/settings.ts";
import type { StateFile } from "../state/state.ts";
import type { AwsFiles } from "./aws-files.ts";
import { type Connection, connect, regionInUse, stateOf } from "./connection.ts";
import { openLocal } from "./open-registry.ts";
import type { TokenCodes } from "./token-codes.ts";
import { openWarmth, type Warmth } from "./warmth.ts";

/** What finding the work needs. */
export interface Ground {
  readonly invocation: Invocation;
  readonly settings: Settings;
  /** The registry on this machine, where there is one. */
  readonly local: Registry | undefined;
  readonly connection: Connection;
  readonly state: StateFile;
  readonly warmth: Warmth;
  /**
   * What is there already under each name, in the AWS files and where else it counts; nothing where
   * everything is to be renewed.
   */
  readonly written: ReadonlyMap<string, readonly WrittenProfile[]>;
  readonly minRemaining: number;
  /** The name to write under, where it is not the account's. */
  readonly profileName: string | undefined;
}

/** What is the same for every account of a run. */
export type CommonGround = Omit<Ground, "written" | "minRemaining" | "profileName">;

/**
 * Finds where the accounts are and who asks; nothing is asked of the network. Throws a
 * `configuration` error where no table or region is set, or the MFA device is of another partition.
 */
export function openGround(
  invocation: Invocation,
  settings: Settings,
  files: AwsFiles,
  codes: TokenCodes,
): CommonGround {
  const local = openLocal(invocation, settings, regionInUse(invocation, settings, files));
  if (local === undefined) requireTable(invocation.host, settings);
  const services = local === undefined ? (["dynamodb", "sts"] as const) : (["sts"] as const);
  const connection = connect(invocation, settings, files, services, codes);
  if (settings.mfaArn !== undefined) {
    const what = "the MFA device";
    checkPartitions(connection.client.region, [{ arn: settings.mfaArn.value, what }]);
  }
  const state = stateOf(invocation, settings, connection.client);
  const warmth = openWarmth(connection.client);
  return { invocation, settings, local, connection, state, warmth };
}
