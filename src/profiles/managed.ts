import type { Host } from "../host.ts";
import { contentOf, oncePerDocument, type SharedDocument } from "./document.ts";
import { documentReader, type ReadDocument } from "./document-reader.ts";
import { isLegacyMarker } from "./landmarks.ts";
import type { SharedFileLocations } from "./locations.ts";
import { lookUp } from "./lookup.ts";
import { type Block, commentsIn } from "./ownership.ts";
import type { ProfileOwner } from "./profile.ts";

/** A profile that letme wrote, as its blocks tell. */
export interface ManagedProfile {
  readonly name: string;
  readonly inCredentials: boolean;
  readonly inConfig: boolean;
  /** When it was last obtained. */
  readonly obtainedAt?: string;
  /** Given only where the block has all three keys, so that they can be used until then. */
  readonly expiration?: Date;
  /** The fingerprint of what the credentials stand for; given with `expiration`. */
  readonly chain?: string;
  readonly region?: string;
  /** The AWS account and the context; not given where an older letme wrote the profile. */
  readonly owner?: ProfileOwner;
  /** The command that gives the credentials, where the profile asks letme each time. */
  readonly credentialProcess?: string;
}

/**
 * The profiles of which letme has a block, sorted by name. Blocks that are not surely letme's are
 * left out. With `only` no others are looked at. A missing file has none; one that cannot be read is
 * a `LetmeError`.
 */
export function readManagedProfiles(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  only?: readonly string[],
  read: ReadDocument = documentReader(host, locations).current,
): readonly ManagedProfile[] {
  const inConfig = blocksOf(read("config").document, only);
  const inCredentials = blocksOf(read("credentials").document, only);
  const names = [...new Set([...inConfig.keys(), ...inCredentials.keys()])].sort();
  return names.map((name) => {
    const configBlock = inConfig.get(name);
    const credentialsBlock = inCredentials.get(name);
    const region = ownedValue(configBlock, "region");
    const process = ownedValue(configBlock, "credential_process");
    return {
      name,
      inCredentials: credentialsBlock !== undefined,
      inConfig: configBlock !== undefined,
      ...(credentialsBlock === undefined ? {} : commentsOf(credentialsBlock)),
      ...(region === undefined ? {} : { region }),
      ...(configBlock === undefined ? {} : ownerOf(configBlock)),
      ...(process === undefined ? {} : { credentialProcess: process }),
    };
  });
}

/** A block, and the part of the file that its lines are of. */
interface FoundBlock extends Block {
  readonly part: SharedDocument;
}

/** Files that letme has not written to have no such marks; one character is found the fastest. */
const mayHoldBlocks = oncePerDocument(
  ({ text }) => text.includes("#s-") || (text.includes(";") && text.includes("letme managed")),
);

function blocksOf(
  document: SharedDocument,
  only: readonly string[] | undefined,
): ReadonlyMap<string, FoundBlock> {
  const blocks = new Map<string, FoundBlock>();
  if (!mayHoldBlocks(document)) return blocks;
  const lookup = lookUp(document, only === undefined ? undefined : new Set(only));
  const { part, landmarks } = lookup;
  const names = new Set(landmarks.starts.keys());
  for (const [name, [line]] of landmarks.claims) {
    if (line !== undefined && line > 0 && isLegacyMarker(contentOf(part, line - 1))) {
      names.add(name);
    }
  }
  for (const name of names) {
    const ownership = lookup.ownershipOf(name);
    if (ownership.state === "letme") blocks.set(name, { ...ownership.block, part });
  }
  return blocks;
}

function ownerOf(block: FoundBlock): Pick<ManagedProfile, "owner"> {
  const { owner } = commentsIn(block.part, block);
  return owner === undefined ? {} : { owner };
}

function commentsOf(block: FoundBlock): Partial<ManagedProfile> {
  const comments = commentsIn(block.part, block);
  const isWhole = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].every(
    (key) => (ownedValue(block, key) ?? "") !== "",
  );
  if (isWhole) return comments;
  return comments.obtainedAt === undefined ? {} : { obtainedAt: comments.obtainedAt };
}

function ownedValue(block: Block | undefined, key: string): string | undefined {
  return block?.properties.find((property) => property.key === key && property.isOwned)?.value;
}
