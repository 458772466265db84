import type { Host } from "../host.ts";

/** Where the two AWS files are, links not followed. */
export interface SharedFileLocations {
  readonly config: string;
  readonly credentials: string;
}

/**
 * The AWS files of this user: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, a blank value
 * counting as unset and a leading `~` as the home directory, else `~/.aws/config` and
 * `~/.aws/credentials` (AWS SDKs and Tools Reference Guide, "Location of the shared files").
 */
export function locateSharedFiles(
  host: Pick<Host, "env" | "homeDirectory" | "platform">,
): SharedFileLocations {
  return {
    config: locate(host, "AWS_CONFIG_FILE", "config"),
    credentials: locate(host, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
  };
}

function locate(
  host: Pick<Host, "env" | "homeDirectory" | "platform">,
  variable: string,
  name: string,
): string {
  const separator = host.platform === "win32" ? "\\" : "/";
  const named = host.env[variable];
  if (named === undefined || named.trim() === "") {
    return [host.homeDirectory, ".aws", name].join(separator);
  }
  if (named === "~") return host.homeDirectory;
  const isInHome = named.startsWith("~/") || (host.platform === "win32" && named.startsWith("~\\"));
  return isInHome ? host.homeDirectory + separator + named.slice(2) : named;
}
