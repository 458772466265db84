import lock from "../../packaging/runtimes/bun.lock";
import { type Target, targets } from "../build-targets.ts";
import type { BundledPackage } from "./bundled.ts";
import { repository, version } from "./names.ts";
import { bunVersion, runtimeHashes } from "./runtimes.ts";

/** A file of the release, for the SBOM. */
export interface ReleasedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The bill of materials in SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/): letme, each package
 * that is bundled, Bun with the runtime of each target, and the archives.
 */
export function renderSbom(
  packages: readonly BundledPackage[],
  archives: readonly ReleasedFile[],
  source: { readonly commit: string; readonly time: number },
): string {
  const bundled = packages.map((one) => ({
    SPDXID: `SPDXRef-Package-${idOf(one.name)}`,
    name: one.name,
    versionInfo: one.version,
    licenseDeclared: one.license,
    ...unstated,
    externalRefs: [purl(`pkg:npm/${one.name.replace("@", "%40")}@${one.version}`)],
  }));
  const files = archives.map(({ name, bytes }) => ({
    SPDXID: `SPDXRef-File-${idOf(name)}`,
    fileName: `./${name}`,
    checksums: (["sha1", "sha256"] as const).map((algorithm) => ({
      algorithm: algorithm.toUpperCase(),
      checksumValue: new Bun.CryptoHasher(algorithm).update(bytes).digest("hex"),
    })),
    licenseConcluded: "NOASSERTION",
    copyrightText: "NOASSERTION",
  }));
  const runtimes = targets.map(runtimePackage);
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `letme-${version}`,
    documentNamespace: `${repository}/spdx/letme-${version}-${source.commit || "source"}`,
    creationInfo: {
      created: new Date(source.time * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: letme-release-${version}`],
    },
    packages: [
      {
        SPDXID: "SPDXRef-Package-letme",
        name: "letme",
        versionInfo: version,
        ...unstated,
        downloadLocation: `git+${repository}@${source.commit || `v${version}`}`,
        licenseDeclared: "MIT",
      },
      ...bundled,
      bun,
      javaScriptCore,
      ...runtimes,
    ],
    files,
    relationships: [
      relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package-letme"),
      ...[...bundled, bun].map(({ SPDXID }) =>
        relationship("SPDXRef-Package-letme", "CONTAINS", SPDXID),
      ),
      relationship(bun.SPDXID, "CONTAINS", javaScriptCore.SPDXID),
      ...runtimes.map(({ SPDXID }) => relationship(SPDXID, "VARIANT_OF", bun.SPDXID)),
      ...files.map(({ SPDXID }) => relationship("SPDXRef-Package-letme", "GENERATES", SPDXID)),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const unstated = {
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  copyrightText: "NOASSERTION",
} as const;

const bun = {
  SPDXID: "SPDXRef-Package-bun",
  name: "bun",
  versionInfo: bunVersion,
  ...unstated,
  downloadLocation: `git+https://github.com/oven-sh/bun@bun-v${bunVersion}`,
  licenseDeclared: "MIT",
  licenseComments:
    "Bun links other libraries statically; THIRD-PARTY-LICENSES.txt in each archive names them.",
  externalRefs: [purl(`pkg:github/oven-sh/bun@bun-v${bunVersion}`)],
} as const;

const javaScriptCore = {
  SPDXID: "SPDXRef-Package-javascriptcore",
  name: "JavaScriptCore",
  versionInfo: `as in bun ${bunVersion}`,
  ...unstated,
  downloadLocation: "git+https://github.com/oven-sh/WebKit",
  licenseDeclared: "LGPL-2.0-or-later",
} as const;

/** The package that a target's runtime comes from, by the hash that the lock file pins. */
function runtimePackage(target: Target) {
  const name = `@oven/bun-${target.replace("-arm64", "-aarch64")}`;
  const entry: unknown = Object.entries(lock.packages).find(([key]) => key === name)?.[1];
  const integrity = Array.isArray(entry) ? String(entry.at(-1)) : "";
  const [, sha512] = /^sha512-(.+)$/.exec(integrity) ?? [];
  if (sha512 === undefined) throw new Error(`packaging/runtimes/bun.lock does not pin ${name}`);
  return {
    SPDXID: `SPDXRef-Package-${idOf(name)}`,
    name,
    versionInfo: bunVersion,
    ...unstated,
    licenseDeclared: "MIT",
    checksums: [
      { algorithm: "SHA512", checksumValue: Buffer.from(sha512, "base64").toString("hex") },
    ],
    comment: `SHA-256 of the executable in it: ${runtimeHashes[target]}`,
    externalRefs: [purl(`pkg:npm/${name.replace("@", "%40")}@${bunVersion}`)],
  };
}

function purl(locator: string) {
  return {
    referenceCategory: "PACKAGE-MANAGER",
    referenceType: "purl",
    referenceLocator: locator,
  };
}

function relationship(from: string, relationshipType: string, to: string) {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

/** A name as part of an SPDX identifier: letters, digits, dots and dashes. */
function idOf(name: string): string {
  return name.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^-|-$/g, "");
}
