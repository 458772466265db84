import { join } from "node:path";
import type { Host } from "../host.ts";

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
}

/** `$LETME_HOME`, or `.letme` in the user's home directory. */
export function letmePaths(host: Pick<Host, "env" | "homeDirectory">): LetmePaths {
  const stated = host.env["LETME_HOME"];
  const home =
    stated === undefined || stated === ""
      ? join(host.homeDirectory, ".letme")
      : expandHome(stated, host.homeDirectory);
  return {
    home,
    config: join(home, "letme-config"),
    userSettings: join(home, ".letme-usersettings"),
    lock: join(home, ".lock"),
    refreshLock: join(home, ".refresh-lock"),
    configLock: join(home, ".config-lock"),
    state: join(home, "state.json"),
  };
}

/** Where a context's snapshot is: the original's place for `general`, its own for each other. */
export function snapshotPath(paths: LetmePaths, contextName: string): string {
  return join(
    paths.home,
    contextName === "general" ? ".letme-cache" : `.letme-cache-${contextName}`,
  );
}

/** A leading `~` stands for the home directory, where no shell has replaced it already. */
export function expandHome(path: string, homeDirectory: string): string {
  return path === "~" || path.startsWith("~/") || path.startsWith("~\\")
    ? join(homeDirectory, path.slice(1))
    : path;
}

/** A path as people write it: with `~` for the home directory. */
export function shortenHome(path: string, homeDirectory: string): string {
  return path.startsWith(`${homeDirectory}/`) ? `~${path.slice(homeDirectory.length)}` : path;
}
