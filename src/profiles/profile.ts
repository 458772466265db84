import { LetmeError } from "../errors.ts";
import { isFileSafe } from "../key-form.ts";
import { looksLikeRegion } from "../region-form.ts";
import { checkProfileNames } from "./names.ts";

/** Temporary credentials as they are written. */
export interface ProfileCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Whose profile it is, as a comment in the config file's block says. */
export interface ProfileOwner {
  /** The number of the AWS account. */
  readonly account: string;
  /** The context of letme-config. */
  readonly context: string;
}

/** A profile whose temporary credentials go into the credentials file. */
export interface ProfileToWrite {
  readonly name: string;
  readonly credentials: ProfileCredentials;
  readonly owner?: ProfileOwner;
  /** The account's main region; undefined leaves the region that the block has, if any. */
  readonly region: string | undefined;
  /** The fingerprint of what the credentials stand for: 8 hexadecimal digits. */
  readonly chain: string;
  readonly obtainedAt: string;
}

/** A profile that asks letme for its credentials each time; its credentials block goes away. */
export interface ProcessProfileToWrite {
  readonly name: string;
  readonly owner?: ProfileOwner;
  readonly region: string | undefined;
  /** A command line of letme, as in `letme export NAME --format process`. */
  readonly credentialProcess: string;
}

export type AnyProfileToWrite = ProfileToWrite | ProcessProfileToWrite;

export function isProcessProfile(profile: AnyProfileToWrite): profile is ProcessProfileToWrite {
  return "credentialProcess" in profile;
}

/**
 * Refuses what cannot be written as one safe line: names and regions come from the registry, which
 * others can write to. Throws a `LetmeError`; no value is shown that could be a secret.
 */
export function checkProfiles(profiles: readonly AnyProfileToWrite[]): void {
  checkProfileNames(profiles.map((profile) => profile.name));
  const names = new Set(profiles.map((profile) => profile.name));
  if (names.size !== profiles.length) {
    throw new LetmeError("failed", "two accounts would be written under one profile name");
  }
  for (const profile of profiles) {
    check(profile.name, "account", profile.owner?.account ?? "0".repeat(12), /^\d{12}$/);
    check(profile.name, "context", profile.owner?.context ?? "none", /^[\w.@+-]+$/);
    if (profile.region !== undefined && !looksLikeRegion(profile.region)) {
      throw unfit(profile.name, "region");
    }
    if (isProcessProfile(profile)) {
      check(profile.name, "credential_process", profile.credentialProcess, safeCommand);
      continue;
    }
    const { accessKeyId, secretAccessKey, sessionToken } = profile.credentials;
    const keys = {
      aws_access_key_id: accessKeyId,
      aws_secret_access_key: secretAccessKey,
      aws_session_token: sessionToken,
    };
    for (const [key, value] of Object.entries(keys)) {
      if (!isFileSafe(value)) throw unfit(profile.name, key);
    }
    check(profile.name, "chain", profile.chain, /^[0-9a-f]{8}$/);
  }
}

/**
 * Printable, blanks within, and no start that an SDK takes for a single quote or a comment; without `%`,
 * in whose place Windows' shell puts variables.
 */
const safeCommand = /^(?![#;' ])(?!.*[ \t][#;])(?!.*[ ]$)[ -$&-~]+$/;

const problems: Readonly<Record<string, string>> = { region: "is not one of AWS's" };

const hints: Readonly<Record<string, string>> = {
  region: "correct the account's region in the registry",
  credential_process:
    "put letme on your PATH, or where the path has plain characters only, and do without options that have others",
};

function check(name: string, key: string, value: string, form: RegExp): void {
  if (!form.test(value)) throw unfit(name, key);
}

function unfit(name: string, key: string): LetmeError {
  const problem = problems[key] ?? "has characters that AWS files cannot hold";
  return new LetmeError("failed", `the ${key} of \`${name}\` ${problem}`, {
    hint: hints[key] ?? "try again",
  });
}
