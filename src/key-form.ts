/**
 * Whether a key or session token can go into a header: printable ASCII without blanks, as all of
 * AWS's are.
 */
export function isHeaderSafe(text: string | undefined): text is string {
  return text !== undefined && /^[!-~]+$/.test(text);
}

/**
 * Whether it may be the id of a key, which is no secret
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
 */
export function isAccessKeyId(text: string): boolean {
  return /^A[A-Z0-9]{15,127}$/.test(text);
}

/** The same for one that is written into an AWS file: SDKs take some starts for quotes or comments. */
export function isFileSafe(text: string | undefined): text is string {
  return isHeaderSafe(text) && !/^[#;"']/.test(text);
}
