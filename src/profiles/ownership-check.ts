import { LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { followLinks, type Target } from "../files/links.ts";
import { checkWritable } from "../files/writable.ts";
import type { Host } from "../host.ts";
import type { SharedDocument } from "./document.ts";
import { documentReader, type ReadDocument } from "./document-reader.ts";
import type { SharedFileLocations } from "./locations.ts";
import { lookUp } from "./lookup.ts";
import { checkProfileNames } from "./names.ts";
import type { Ownership } from "./ownership.ts";

/** The two files as they are. */
export interface Documents {
  readonly config: SharedDocument;
  readonly credentials: SharedDocument;
}

/**
 * Throws a `LetmeError` of kind `failed`, with file and line, when a name cannot be written, a
 * profile of that name in either file is not surely letme's, or a file cannot be written at all.
 * Cheap; meant to be asked before any network. `writeProfiles` asks again.
 */
export function checkOwnership(
  host: Pick<Host, "files" | "platform">,
  locations: SharedFileLocations,
  names: readonly string[],
  read: ReadDocument = documentReader(host, locations).current,
): void {
  checkProfileNames(names);
  refuseOneFile(host, locations);
  for (const path of [locations.config, locations.credentials]) checkWritable(host, path);
  refuseForeign(readDocuments(read), locations, names);
}

/** Throws a `LetmeError` where a profile of one of these names is not letme's to write. */
function refuseForeign(
  documents: Documents,
  locations: SharedFileLocations,
  names: readonly string[],
): void {
  for (const document of [documents.config, documents.credentials]) {
    const lookup = lookUp(document, new Set(names));
    for (const name of names) {
      const ownership = lookup.ownershipOf(name);
      refuseUnlessOwned(ownership, name, locations[document.kind]);
      refuseTail(ownership, name, locations[document.kind], "write");
    }
  }
}

/** Throws a `LetmeError` with file and line where a profile is not surely letme's, or nobody's. */
export function refuseUnlessOwned(ownership: Ownership, name: string, path: string): void {
  if (ownership.state !== "foreign" && ownership.state !== "unclear") return;
  const place = `\`${path}:${ownership.line + 1}\``;
  if (ownership.state === "foreign") {
    throw new LetmeError(
      "failed",
      `profile \`${name}\` in ${place} is not letme's; it stays as it is`,
      {
        hint: "letme changes only what it wrote: that section is yours to rename or remove, and `obtain` writes under another name with `--profile OTHER`",
      },
    );
  }
  throw new LetmeError(
    "failed",
    `cannot tell what of profile \`${name}\` is letme's: ${place}: ${ownership.reason}; it stays as it is`,
    { hint: `put the lines around ${path}:${ownership.line + 1} in order, or remove them` },
  );
}

/**
 * Lines behind the end marker belong to the profile for every SDK. Without the header they would
 * fall to the section above, and an indented one continues letme's last value.
 */
export function refuseTail(
  ownership: Ownership,
  name: string,
  path: string,
  action: "write" | "remove",
): void {
  if (ownership.state !== "letme") return;
  const line = action === "write" ? ownership.block.tailDoubt : ownership.block.tail;
  if (line === undefined) return;
  throw new LetmeError(
    "failed",
    `\`${path}:${line + 1}\` belongs to profile \`${name}\` but stands behind letme's block; it stays as it is`,
    { hint: `move that line above #e-${name}, or under a header of its own` },
  );
}

/**
 * In one file the two blocks of a profile would have the same markers. Where they look the same, the
 * config file is looked at once more: a file that another program replaces leaves its number free,
 * and the other file may get that number between two looks.
 */
export function refuseOneFile(
  host: Pick<Host, "files" | "platform">,
  locations: SharedFileLocations,
): void {
  const { files, platform } = host;
  try {
    const find = (path: string) => followLinks(files, path, platform);
    const config = find(locations.config);
    if (!isOneFile(config, find(locations.credentials))) return;
    if (!isOneFile(config, find(locations.config))) return;
  } catch (error) {
    throw fileError(error, "read", locations.credentials);
  }
  throw new LetmeError(
    "configuration",
    `the config file and the credentials file are the same: \`${locations.config}\``,
    { hint: "give AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE different files" },
  );
}

/** Whether two paths lead to the same file, or would. */
export function isOneFile(one: Target, other: Target): boolean {
  return (one.status?.identity ?? one.path) === (other.status?.identity ?? other.path);
}

/** Both files, as the reader gives them. */
export function readDocuments(read: ReadDocument): Documents {
  return { config: read("config").document, credentials: read("credentials").document };
}
