import type { Host } from "../host.ts";
import { expandHome, within } from "../paths.ts";

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
  const named = host.env[variable];
  return named === undefined || named.trim() === ""
    ? within(host.platform, host.homeDirectory, ".aws", name)
    : expandHome(named, host);
}
