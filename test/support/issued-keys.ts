import { randomBytes } from "node:crypto";
import type { StandIn } from "./stand-in.ts";

/** Temporary credentials that STS's stand-in knows. */
export interface IssuedKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly arn: string;
}

/** Gives new credentials to a session of a role of the organisation's own account. */
export type IssueKeys = (roleName: string, secondsLeft?: number) => IssuedKeys;

/** Every secret part is noted in `secrets`, to look for it where it must not be. */
export function keyIssuer(standIn: StandIn, secrets: string[]): IssueKeys {
  return (roleName, secondsLeft = 3600) => {
    const issued = {
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: `IQoJ${randomBytes(90).toString("base64")}`,
      // Whole seconds, as AWS gives them.
      expiration: new Date(Math.floor(Date.now() / 1000 + secondsLeft) * 1000),
      arn: `arn:aws:sts::111111111111:assumed-role/${roleName}/session`,
    };
    standIn.addPrincipal(issued);
    secrets.push(issued.secretAccessKey, issued.sessionToken);
    return issued;
  };
}
