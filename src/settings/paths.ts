import type { Host } from "../host.ts";
import { expandHome, within } from "../paths.ts";

/** letme's own files, all in one folder. */
export interface LetmePaths {
  readonly home: string;
  readonly config: string;
  readonly userSettings: string;
  /** Held while the AWS files are written. */
  readonly lock: string;
  /** Held while a token of a sign-in is refreshed. */
  readonly refreshLock: string;
  /** Held while letme-config is changed. */
  readonly configLock: string;
  /** What letme remembers between runs. */
  readonly state: string;
  /** A context's snapshot: the original's place for `general`, its own for each other. */
  readonly snapshotOf: (contextName: string) => string;
}

/** `$LETME_HOME`, or `.letme` in the user's home directory. */
export function letmePaths(host: Pick<Host, "env" | "homeDirectory" | "platform">): LetmePaths {
  const { platform, homeDirectory } = host;
  const stated = host.env["LETME_HOME"];
  const home =
    stated === undefined || stated === ""
      ? within(platform, homeDirectory, ".letme")
      : expandHome(stated, host);
  const file = (name: string) => within(platform, home, name);
  return {
    home,
    config: file("letme-config"),
    userSettings: file(".letme-usersettings"),
    lock: file(".lock"),
    refreshLock: file(".refresh-lock"),
    configLock: file(".config-lock"),
    state: file("state.json"),
    snapshotOf: (contextName) =>
      file(contextName === "general" ? ".letme-cache" : `.letme-cache-${contextName}`),
  };
}
