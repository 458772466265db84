import { LetmeError } from "../errors.ts";
import type { Host, Platform } from "../host.ts";
import { expandHome, within } from "../paths.ts";

/** Where the two AWS files are, links not followed. */
export interface SharedFileLocations {
  readonly config: string;
  readonly credentials: string;
}

type LocatingHost = Pick<Host, "env" | "files" | "homeDirectory" | "platform">;

/**
 * The AWS files of this user: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, a blank value
 * counting as unset and a leading `~` as the home directory, else `~/.aws/config` and
 * `~/.aws/credentials` (AWS SDKs and Tools Reference Guide, "Location of the shared files"). A
 * `configuration` error where AWS tools would take a value for different files.
 */
export function locateSharedFiles(host: LocatingHost): SharedFileLocations {
  return {
    config: locate(host, "AWS_CONFIG_FILE", "config"),
    credentials: locate(host, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
  };
}

function locate(host: LocatingHost, variable: string, name: string): string {
  const named = host.env[variable];
  if (named === undefined || named.trim() === "") {
    return within(host.platform, host.homeDirectory, ".aws", name);
  }
  const path = expandHome(named, host);
  const inside = variableIn(path, host);
  if (inside === undefined || isThere(host, path)) return path;
  throw new LetmeError(
    "configuration",
    `\`${variable}\` is \`${named}\`: some AWS tools put the value of \`${inside}\` into that path, others do not`,
    {
      hint: `set \`${variable}\` to the path written out; single quotes keep a shell from doing it`,
    },
  );
}

// As Python's os.path.expandvars() finds them, which botocore uses.
const variables = /\$(?:\{([^}]*)\}|(\w+))/g;
const windowsVariables = /\$(?:\{([^}]*)\}|(\w+))|%([^%]+)%/g;

/** The first variable that a path names and that is set; one that is not is left as it is by all. */
function variableIn(path: string, { env, platform }: LocatingHost): string | undefined {
  if (!path.includes("$") && !isWindowsForm(path, platform)) return undefined;
  const names = path.matchAll(platform === "win32" ? windowsVariables : variables);
  return [...names]
    .map((found) => found[1] ?? found[2] ?? found[3] ?? "")
    .find((name) => env[name] !== undefined);
}

function isWindowsForm(path: string, platform: Platform): boolean {
  return platform === "win32" && path.includes("%");
}

function isThere({ files }: LocatingHost, path: string): boolean {
  try {
    return files.status(path) !== undefined;
  } catch {
    // The path cannot even be looked at.
    return false;
  }
}
