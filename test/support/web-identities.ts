import { AwsError } from "./aws-error.ts";

/** A token that an OIDC provider issued; the text is opaque to the stand-in. */
export interface WebIdentity {
  readonly token: string;
  /** The provider's ARN, which a role's `trusts` names. */
  readonly provider: string;
  readonly subject: string;
  readonly audience?: string;
  readonly expired?: boolean;
}

/** The identity of a token; AWS's errors for unknown and expired ones. */
export function resolveWebIdentity(
  token: string,
  webIdentities: readonly WebIdentity[],
): WebIdentity {
  const identity = webIdentities.find((known) => known.token === token);
  if (identity === undefined) {
    throw new AwsError(
      400,
      "InvalidIdentityToken",
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
  if (identity.expired === true) {
    throw new AwsError(
      400,
      "ExpiredTokenException",
      "Token expired: current date/time must be before the expiration date/time",
    );
  }
  return identity;
}
