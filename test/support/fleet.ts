import type { Home } from "./home.ts";
import { region, settleIn, user } from "./organisation.ts";
import type { Item, StandIn } from "./stand-in.ts";

/** The table with the fleet, keyed by name. */
export const fleetTable = "fleet";
const bastion = "arn:aws:iam::000000000222:role/bastion";

/** The name of one account of the fleet. */
export const fleetName = (index: number) => `fleet-${String(index).padStart(3, "0")}`;

const roleArn = (index: number) => `arn:aws:iam::${String(5000 + index).padStart(12, "0")}:role/op`;

function tagsOf(index: number): readonly string[] {
  return [index % 2 === 0 ? "prod" : "test", index % 5 === 0 ? "eu" : "us"];
}

/**
 * Many accounts behind the bastion of the organisation, in a table and in a home's file: even
 * numbers are tagged `prod`, every fifth `eu`.
 */
export async function addFleet(standIn: StandIn, count: number, home?: Home): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  for (const index of indexes) standIn.addRole({ arn: roleArn(index), trusts: [bastion] });
  await standIn.createTable({ name: fleetTable, key: "name" });
  await standIn.putAccounts(
    fleetTable,
    indexes.map(
      (index): Item => ({
        name: { S: fleetName(index) },
        role: { L: [bastion, roleArn(index)].map((S) => ({ S })) },
        region: { S: region },
        tags: { SS: tagsOf(index) },
      }),
    ),
  );
  const file = indexes.map(
    (index) =>
      `[${fleetName(index)}]\nregion = "${region}"\nrole = ["${bastion}", "${roleArn(index)}"]\n` +
      `tags = ${JSON.stringify(tagsOf(index))}\n`,
  );
  home?.write(".letme/fleet.toml", file.join("\n"));
}

/** The user's configuration, with the device set and the fleet in the table or the file. */
export function settleInFleet(
  home: Home,
  from: "table" | "file",
  settings: Readonly<Record<string, string>> = {},
): void {
  const place: Record<string, string> =
    from === "table"
      ? { dynamodb_table: fleetTable }
      : { dynamodb_table: "", registry_file: "fleet.toml" };
  settleIn(home, { mfa_arn: user.mfaSerial, ...place, ...settings });
}
