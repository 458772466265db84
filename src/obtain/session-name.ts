/**
 * The role session name of the last hop where none is set: `NAME-letme-session`, with what STS does
 * not take replaced by `-`, and the account's name cut so that the whole has at most 64 characters.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName
 */
export function defaultSessionName(accountName: string): string {
  const suffix = "-letme-session";
  const fit = accountName.replace(/[^\w+=,.@-]/g, "-").slice(0, 64 - suffix.length);
  return `${fit}${suffix}`;
}

/**
 * The role session name of the hops before the last where none is set. It says nothing of an
 * account, for several accounts share such a hop.
 */
export const sharedSessionName = "letme-session";
