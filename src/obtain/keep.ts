/** What the AWS files say of a profile that letme wrote, or letme's memory of an account. */
export interface WrittenProfile {
  readonly inCredentials: boolean;
  readonly inConfig: boolean;
  readonly expiration?: Date;
  readonly chain?: string;
  readonly region?: string;
  readonly credentialProcess?: string;
}

/** What the profile would be if it were obtained now. */
export interface WantedProfile {
  readonly chain: string;
  readonly region: string | undefined;
}

/** When the credentials of a profile end, where they have enough life left to be of use. */
export function lifeLeft(
  written: WrittenProfile | undefined,
  now: Date,
  minRemainingSeconds: number,
): Date | undefined {
  if (written === undefined || !written.inCredentials || !written.inConfig) return undefined;
  if (written.credentialProcess !== undefined || written.expiration === undefined) return undefined;
  const left = (written.expiration.getTime() - now.getTime()) / 1000;
  return left > 0 && left >= minRemainingSeconds ? written.expiration : undefined;
}

/** The first of these that stands for what is wanted and has enough life left, and its end. */
export function findKept<Profile extends WrittenProfile>(
  written: readonly Profile[],
  wanted: WantedProfile,
  now: Date,
  minRemainingSeconds: number,
): { readonly profile: Profile; readonly expiration: Date } | undefined {
  for (const profile of written) {
    const expiration = lifeLeft(profile, now, minRemainingSeconds);
    if (expiration !== undefined && standsFor(profile, wanted)) return { profile, expiration };
  }
  return undefined;
}

/** Whether a profile stands for the same chain, and for the same region where there is one. */
function standsFor(written: WrittenProfile, wanted: WantedProfile): boolean {
  if (written.chain !== wanted.chain) return false;
  return wanted.region === undefined || written.region === wanted.region;
}
