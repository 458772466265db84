/** Whether a key or session token is printable ASCII without blanks, as all of AWS's are. */
export function isHeaderSafe(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
