import { startOrganisation, user } from "./organisation.ts";
import { type SourceServices, startSourceServices } from "./source-services.ts";
import type { StandIn } from "./stand-in.ts";

const own = (name: string) => `arn:aws:iam::111111111111:role/${name}`;

/** The roles of the organisation's own account that profiles assume. */
export const ownRoles = {
  base: own("base"),
  second: own("second"),
  external: own("external"),
  guarded: own("guarded"),
  federated: own("federated"),
} as const;

export const externalId = "partner-17";
export const webToken = "eyJhbGciOiJub25lIn0.web-identity-secret.c2ln";

export interface SourceWorld {
  readonly standIn: StandIn;
  readonly services: SourceServices;
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The organisation, whose account `example1` trusts all of its own account, and every source. */
export async function startSourceWorld(): Promise<SourceWorld> {
  const provider = "arn:aws:iam::111111111111:oidc-provider/ci.example.com";
  const standIn = await startOrganisation({
    webIdentities: [{ token: webToken, provider, subject: "job" }],
  });
  const everybody = "arn:aws:iam::111111111111:root";
  standIn.addRole({ arn: "arn:aws:iam::000000000001:role/role0", trusts: [everybody] });
  standIn.addRole({ arn: ownRoles.base, trusts: [everybody], maxSessionDuration: 7200 });
  standIn.addRole({ arn: ownRoles.second, trusts: [ownRoles.base] });
  standIn.addRole({ arn: ownRoles.external, trusts: [user.arn], externalId });
  standIn.addRole({ arn: ownRoles.guarded, trusts: [user.arn], requireMfa: true });
  standIn.addRole({ arn: ownRoles.federated, trusts: [provider] });
  const services = await startSourceServices(standIn);
  services.secrets.push(user.secretAccessKey, webToken);
  return {
    standIn,
    services,
    environment: { ...standIn.environment, ...services.environment },
    stop: async () => {
      await Promise.all([standIn.stop(), services.stop()]);
    },
  };
}

export const keysOfUser = `aws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`;
