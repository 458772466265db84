import { documentOfText, type SharedDocument } from "./document.ts";

/** A part of a file, before and after a change that touched nothing else. */
export interface DifferingPart {
  readonly before: SharedDocument;
  readonly after: SharedDocument;
}

/**
 * The part in which two documents differ, from the header before it to the header after it: a header
 * at a line's start makes every reader begin anew, so that the part can be read alone.
 */
export function differingPart(one: SharedDocument, other: SharedDocument): DifferingPart {
  const { kind } = one;
  const [before, after] = [one.text, other.text];
  const shared = Math.min(before.length, after.length);
  const prefix = longest(shared, (from, to) => before.slice(from, to) === after.slice(from, to));
  const start = Math.max(0, before.lastIndexOf("\n[", Math.max(0, prefix - 2)) + 1);
  const suffix = longest(
    shared - start,
    (from, to) =>
      before.slice(before.length - to, before.length - from) ===
      after.slice(after.length - to, after.length - from),
  );
  const nextHeader = before.indexOf("\n[", before.length - suffix);
  const kept = nextHeader < 0 ? 0 : before.length - nextHeader - 1;
  return {
    before: documentOfText(kind, before.slice(start, before.length - kept)),
    after: documentOfText(kind, after.slice(start, after.length - kept)),
  };
}

/** The greatest length up to `most` of which all parts are the same. */
function longest(most: number, isSame: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isSame(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
