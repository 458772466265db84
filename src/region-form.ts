/**
 * Whether a text may stand where AWS expects a region. Regions become part of host names, so what
 * is not a plain DNS label is refused.
 */
export function isRegionLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/**
 * Whether a text looks like a region of AWS's, as in `eu-west-1`: words, then a number. There is no
 * list of them, since new ones come, also of partitions that nobody knows yet. What others may have
 * written (a registry, a profile) must look so. `local` does not: to AWS's tools it is a DynamoDB on
 * this machine, which is asked by plain HTTP.
 */
export function looksLikeRegion(text: string): boolean {
  return text.length <= 63 && /^[a-z][a-z0-9]+(?:-[a-z0-9]+)+-\d+$/.test(text);
}
