import type { Host } from "../host.ts";
import type { FileKind, SharedDocument } from "./document.ts";
import { documentReader, type ReadDocument } from "./document-reader.ts";
import { type SectionType, trimBlanks } from "./grammar.ts";
import type { SharedFileLocations } from "./locations.ts";
import { findProfileNames, findSections, readPart, type SectionPart } from "./section-index.ts";
import { readSections, type Section, type SectionProperty } from "./sections.ts";

/** A property of a profile, sso-session or services section, and where it stands. */
export interface SharedProperty {
  readonly key: string;
  /** As the SDKs see it; that of a nested value starts with LF and has a `key = value` a line. */
  readonly value: string;
  readonly kind: FileKind;
  /** The file's path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** All that the two files say under one name. */
export interface SharedSection {
  readonly name: string;
  readonly properties: ReadonlyMap<string, SharedProperty>;
  /** The value of a key (lowercase); undefined where it is not set. */
  get(key: string): string | undefined;
  /** The sub-properties of a nested value, as in `s3 =` with indented lines below it. */
  nested(key: string): ReadonlyMap<string, string>;
}

/** A line that was skipped, since AWS's grammar does not allow it. */
export interface SharedFileProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/** The two AWS files, read. */
export interface SharedFiles {
  profile(name: string): SharedSection | undefined;
  ssoSession(name: string): SharedSection | undefined;
  services(name: string): SharedSection | undefined;
  /** Of both files, in their order, the config file first. */
  profileNames(): readonly string[];
  readonly skipped: readonly SharedFileProblem[];
}

/**
 * Reads the AWS files by AWS's rules: sections of one name merge, the last key wins, the
 * credentials file beats the config file key by key, `[profile default]` replaces `[default]`. A
 * missing file is an empty one; one that cannot be read is a `LetmeError`.
 */
export function readSharedFiles(
  host: Pick<Host, "files">,
  locations: SharedFileLocations,
  read: ReadDocument = documentReader(host, locations).current,
): SharedFiles {
  return sharedFilesOf([read("config").document, read("credentials").document], locations);
}

/**
 * Documents, the config file first, as one set of profiles, sso-sessions and services. A section
 * is read when it is asked for: a file may hold thousands of which one is wanted.
 */
export function sharedFilesOf(
  documents: readonly SharedDocument[],
  locations: SharedFileLocations,
): SharedFiles {
  const read = new Map<string, MutableSection | undefined>();

  const find = (type: SectionType, name: string): MutableSection | undefined => {
    const key = `${type} ${name}`;
    if (read.has(key)) return read.get(key);
    let found: MutableSection | undefined;
    for (const document of documents) {
      for (const part of withoutReplacedDefault(findSections(document, type, name))) {
        found ??= new MutableSection(name);
        addTo(found, readPart(document, part), document.kind, locations[document.kind]);
      }
    }
    read.set(key, found);
    return found;
  };
  return {
    profile: (name) => find("profile", name),
    ssoSession: (name) => find("sso-session", name),
    services: (name) => find("services", name),
    profileNames: () => [...new Set(documents.flatMap(findProfileNames))],
    get skipped() {
      return documents.flatMap((document) =>
        readSections(document).skipped.map(({ line, reason }) => {
          return { file: locations[document.kind], line: line + 1, reason };
        }),
      );
    },
  };
}

class MutableSection implements SharedSection {
  readonly name: string;
  readonly properties = new Map<string, SharedProperty>();

  constructor(name: string) {
    this.name = name;
  }

  get(key: string): string | undefined {
    return this.properties.get(key)?.value;
  }

  nested(key: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const value = this.get(key) ?? "";
    if (!value.startsWith("\n")) return found;
    for (const line of value.slice(1).split("\n")) {
      const equals = line.indexOf("=");
      const subKey = trimBlanks(line.slice(0, equals)).toLowerCase();
      found.set(subKey, trimBlanks(line.slice(equals + 1)));
    }
    return found;
  }
}

/** Of one name, so that only those of `default` can differ in their prefix. */
function withoutReplacedDefault(parts: readonly SectionPart[]): readonly SectionPart[] {
  if (parts.length < 2) return parts;
  const isReplaced = parts.some(({ name, isPrefixed }) => name === "default" && isPrefixed);
  return isReplaced ? parts.filter(({ isPrefixed }) => isPrefixed) : parts;
}

function addTo(merged: MutableSection, section: Section, kind: FileKind, file: string): void {
  for (const property of section.properties) {
    merged.properties.set(property.key, {
      key: property.key,
      value: decoded(property),
      kind,
      file,
      line: property.line + 1,
    });
  }
}

/** Values are UTF-8; what is not becomes U+FFFD, as in the JavaScript SDK. */
function decoded({ value }: SectionProperty): string {
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, "latin1").toString("utf8") : value;
}
