import {
  bytesOf,
  contentOf,
  hasByteOrderMark,
  oncePerDocument,
  type SharedDocument,
} from "./document.ts";
import { type FileProblem, findLineProblems } from "./line-problems.ts";
import { isSurelySound } from "./soundness.ts";

/** Finds what is wrong with a file as it stands. letme changes none of it. */
export function findProblems(document: SharedDocument): readonly FileProblem[] {
  const problems = [
    ...encodingProblems(document),
    ...(isLong(document) && isSurelySound(document) ? [] : findLineProblems(document)),
  ];
  return problems.toSorted((a, b) => a.line - b.line);
}

/** The lines of a short file are read before the patterns of the short way are even compiled. */
function isLong({ text }: SharedDocument): boolean {
  return text.length > 4096;
}

/**
 * Finds what is wrong with a file after letme's change to one part of it. Where nothing was wrong
 * with the file before, that is looked for in this part alone: what sections can have in common is
 * their header, and letme writes one only where no other is of that name.
 */
export function findProblemsAfter(
  before: SharedDocument,
  after: SharedDocument,
  part: SharedDocument,
): readonly FileProblem[] {
  return isSound(before) && isSound(part) ? [] : findProblems(after);
}

/** Whether nothing is wrong with a file. */
export const isSound = oncePerDocument((document) => findProblems(document).length === 0);

function encodingProblems(document: SharedDocument): readonly FileProblem[] {
  const problems: FileProblem[] = [];
  if (hasByteOrderMark(document)) {
    problems.push({
      line: 1,
      message: "a byte order mark: the AWS CLI and boto3 fail on the whole file",
    });
  }
  if (isAscii(document.text) || isUtf8(bytesOf(document))) return problems;
  for (let line = 0; line < document.starts.length; line += 1) {
    if (isUtf8(Buffer.from(contentOf(document, line), "latin1"))) continue;
    problems.push({
      line: line + 1,
      message: "not UTF-8: the AWS CLI and boto3 fail on the whole file",
    });
    break;
  }
  return problems;
}

/** By a length that is counted many times faster than characters are looked at. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
