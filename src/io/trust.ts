/**
 * Every certificate authority that this machine trusts: those built in, those of
 * `NODE_EXTRA_CA_CERTS`, and the operating system's. Loaded only when the first two were not enough:
 * it takes some 30 ms on Linux, where the usual start of letme takes a few.
 */
export function everyAuthority(): readonly string[] {
  const { getCACertificates } = process.getBuiltinModule("node:tls");
  // A store that cannot be read is as good as an empty one: the server stays untrusted.
  const read = (store: "bundled" | "extra" | "system") => {
    try {
      return getCACertificates(store);
    } catch {
      return [];
    }
  };
  return [...new Set([...read("system"), ...read("extra"), ...read("bundled")])];
}

/** Whether every certificate of a PEM text can be understood; `fetch` is silent about which cannot. */
export function areCertificates(pem: string): boolean {
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  try {
    for (const [block] of pem.matchAll(/-----BEGIN [^-]*-----[^-]*-----END [^-]*-----/g)) {
      new X509Certificate(block);
    }
    return true;
  } catch {
    return false;
  }
}
