import type { Home } from "./home.ts";
import type { Role } from "./identities.ts";
import { type StandIn, type StandInOptions, startStandIn } from "./stand-in.ts";
import type { Item, TableDefinition } from "./tables.ts";

/** The user that everything starts from. */
export const user = {
  accessKeyId: "AKIAORGANISATION0001",
  secretAccessKey: "organisation+Secret/Key0123456789abcdefg",
  arn: "arn:aws:iam::111111111111:user/user001",
  mfaSerial: "arn:aws:iam::111111111111:mfa/user001",
} as const;

export const region = "eu-west-1";
export const table = "accounts";

const role = (account: number, name: string) =>
  `arn:aws:iam::${String(account).padStart(12, "0")}:role/${name}`;

const bastion = role(222, "bastion");
const transit = role(333, "transit");

/** The roles of the organisation, and who may assume each. */
const roles: readonly Role[] = [
  { arn: bastion, trusts: [user.arn] },
  { arn: transit, trusts: [bastion] },
  { arn: role(1, "role0"), trusts: [user.arn], maxSessionDuration: 43_200 },
  { arn: role(2, "role0"), trusts: [bastion] },
  { arn: role(3, "role0"), trusts: [transit] },
  { arn: role(4, "guarded"), trusts: [user.arn], requireMfa: true, maxSessionDuration: 43_200 },
  { arn: role(5, "closed"), trusts: ["arn:aws:iam::999999999999:root"] },
  ...[6, 7, 8, 9, 10, 11, 12].map((account) => ({
    arn: role(account, "admin"),
    trusts: [bastion],
  })),
];

const strings = (...values: string[]) => ({ L: values.map((S) => ({ S })) });

/** A dozen accounts: single roles, chains, every type of attribute that people use. */
export const accounts: readonly Item[] = [
  {
    id: { N: "1" },
    name: { S: "example1" },
    description: { S: "one role" },
    region: strings("eu-west-1", "eu-central-1"),
    role: strings(role(1, "role0")),
    team: { S: "platform" },
  },
  {
    id: { N: "2" },
    name: { S: "example2" },
    description: { S: "behind the bastion" },
    region: strings("us-east-1"),
    role: strings(bastion, role(2, "role0")),
  },
  {
    id: { N: "3" },
    name: { S: "example3" },
    description: { S: "three roles" },
    region: { SS: ["eu-north-1"] },
    role: strings(bastion, transit, role(3, "role0")),
  },
  {
    id: { N: "4" },
    name: { S: "guarded" },
    region: { S: "eu-west-2" },
    role: { S: role(4, "guarded") },
  },
  {
    id: { N: "5" },
    name: { S: "closed" },
    region: strings(region),
    role: strings(role(5, "closed")),
  },
  ...[6, 7, 8, 9, 10, 11, 12].map((number) => ({
    id: { N: String(number) },
    name: { S: `${["dev", "stage", "prod"][number % 3]}-${number}` },
    region: strings(number % 2 === 0 ? "eu-central-1" : "us-west-2"),
    role: strings(bastion, role(number, "admin")),
  })),
];

/** The stand-in with the organisation in it, and the table filled. */
export async function startOrganisation(
  options: {
    readonly tls?: boolean;
    readonly key?: TableDefinition["key"];
    readonly webIdentities?: StandInOptions["webIdentities"];
  } = {},
): Promise<StandIn> {
  const standInOptions: StandInOptions = {
    principals: [user],
    roles,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.webIdentities === undefined ? {} : { webIdentities: options.webIdentities }),
  };
  const standIn = await startStandIn(standInOptions);
  await standIn.createTable({ name: table, key: options.key ?? "id" });
  await standIn.putAccounts(table, accounts);
  return standIn;
}

/** Writes the user's credentials and letme-config into a home. */
export function settleIn(home: Home, settings: Readonly<Record<string, string>> = {}): void {
  home.write(
    ".aws/credentials",
    `[default]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
  );
  const lines = Object.entries({
    aws_source_profile: "default",
    aws_source_profile_region: region,
    dynamodb_table: table,
    ...settings,
  }).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  home.write(".letme/letme-config", `[general]\n${lines.join("\n")}\n`);
}
