import { errnoOf, LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { expandHome } from "../paths.ts";
import { type AwsConfiguration, profileKey, variable } from "./configuration.ts";

/**
 * The certificates that servers are checked against in place of the usual ones: those in the file of
 * `AWS_CA_BUNDLE`, else of the profile's `ca_bundle`; undefined where neither is set.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 * Throws a `configuration` error that names the file where it cannot be read or holds none.
 */
export function readAuthorities(
  host: Pick<Host, "files" | "homeDirectory" | "platform">,
  configuration: AwsConfiguration,
): string | undefined {
  const found = variable(configuration, "AWS_CA_BUNDLE") ?? profileKey(configuration, "ca_bundle");
  if (found === undefined) return undefined;
  const path = expandHome(found.value, host);
  const read = readBundle(host, path);
  if ("certificates" in read) return `${read.certificates.join("\n")}\n`;
  throw new LetmeError(
    "configuration",
    `the CA bundle \`${path}\` of ${found.origin} ${read.problem}`,
    {
      hint: "it must be a PEM file with the certificates of your company's CA; without the setting the usual CAs count",
    },
  );
}

/**
 * What is wrong with the files of `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`, whose certificates are
 * added to the usual ones where they can be read. Looked at only when a server is not trusted.
 */
export function problemOfExtraAuthorities(host: Pick<Host, "files" | "env">): string | undefined {
  for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]) {
    const path = variable(host, name)?.value;
    if (path === undefined) continue;
    const read = readBundle(host, path);
    if ("problem" in read) return `correct \`${name}\`: the file \`${path}\` ${read.problem}`;
  }
  return undefined;
}

function readBundle(
  { files }: Pick<Host, "files">,
  path: string,
): { readonly certificates: readonly string[] } | { readonly problem: string } {
  let bytes: Uint8Array | undefined;
  try {
    bytes = files.read(path, "wait for");
  } catch (error) {
    return { problem: `cannot be read (${errnoOf(error) ?? "no reason known"})` };
  }
  if (bytes === undefined) return { problem: "is not there" };
  const certificates = certificatesOf(new TextDecoder().decode(bytes));
  if (certificates === undefined) return { problem: "has a damaged certificate in it" };
  return certificates.length === 0 ? { problem: "has no certificate in it" } : { certificates };
}

/**
 * The PEM certificates of a text, whatever stands between them; undefined where one is damaged.
 * https://www.rfc-editor.org/rfc/rfc7468
 */
export function certificatesOf(text: string): readonly string[] | undefined {
  const blocks =
    text.match(/-----BEGIN CERTIFICATE-----[^-]*(?:-----END CERTIFICATE-----)?/g) ?? [];
  return blocks.every(isWhole) ? blocks : undefined;
}

/** A certificate is one DER sequence, whose length is written in its first bytes. */
function isWhole(block: string): boolean {
  const body = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----$/.exec(
    block,
  )?.[1];
  if (body === undefined) return false;
  const der = Buffer.from(body, "base64");
  const lengthBytes = (der[1] ?? 0) - 0x80;
  if (der[0] !== 0x30 || lengthBytes < 1 || lengthBytes > 3) return false;
  if (der.length < 2 + lengthBytes) return false;
  return der.length === 2 + lengthBytes + der.readUIntBE(2, lengthBytes);
}
