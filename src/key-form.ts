/**
 * Whether a key or session token can go into a header: printable ASCII without blanks, as all of
 * AWS's are.
 */
export function isHeaderSafe(text: string | undefined): text is string {
  return text !== undefined && /^[!-~]+$/.test(text);
}

/** The same for one that is written into an AWS file: SDKs take some starts for quotes or comments. */
export function isFileSafe(text: string | undefined): text is string {
  return isHeaderSafe(text) && !/^[#;"']/.test(text);
}
