import { contentOf, type SharedDocument } from "./document.ts";
import { indentOf, startsComment, trimBlanks, withPlainBlanks } from "./grammar.ts";

/** A line that makes an AWS SDK fail on the whole file, or misread it (aws.md §1). */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** What it is and whom it breaks; holds no value of the file. */
  readonly message: string;
}

interface State {
  readonly problems: FileProblem[];
  readonly sections: Map<string, number>;
  readonly keys: Map<string, number>;
  /** Indent of the last key; undefined right after a header. */
  keyIndent: number | undefined;
  isNested: boolean;
  hasSection: boolean;
}

/** Reads a file line by line and finds those that are a problem. */
export function findLineProblems(document: SharedDocument): readonly FileProblem[] {
  const state: State = {
    problems: [],
    sections: new Map(),
    keys: new Map(),
    keyIndent: undefined,
    isNested: false,
    hasSection: false,
  };
  const hasReturns = document.text.includes("\r");
  const hasOddBlanks = hasOddBlank(document.text);
  for (let line = 0; line < document.starts.length; line += 1) {
    const content = contentOf(document, line);
    if (hasReturns && content.includes("\r")) {
      report(state, line, "a lone carriage return, which most AWS tools do not take as a line end");
    }
    if (hasOddBlanks && hasStructuralOddBlank(state, content)) {
      report(state, line, "a blank or control character that AWS tools read in different ways");
    }
    readLine(state, line, hasOddBlanks ? withPlainBlanks(content) : content);
  }
  return state.problems;
}

/** Whether it says where a line begins, a header or a key; in a value or comment it does no harm. */
function hasStructuralOddBlank(state: State, content: string): boolean {
  const plain = withPlainBlanks(content);
  if (plain === content) return false;
  const indent = indentOf(plain);
  if (indent > indentOf(content)) return true;
  const trimmed = trimBlanks(content);
  if (startsComment(trimmed) || isContinuation(state, indent)) return false;
  const end = trimmed.search(trimmed.startsWith("[") ? /[ \t][#;]/ : /[=:]/);
  return hasOddBlank(end < 0 ? trimmed : trimmed.slice(0, end));
}

function hasOddBlank(text: string): boolean {
  return withPlainBlanks(text) !== text;
}

function isContinuation({ keyIndent }: State, indent: number): boolean {
  return keyIndent !== undefined && indent > keyIndent;
}

function readLine(state: State, line: number, content: string): void {
  const trimmed = trimBlanks(content);
  if (trimmed === "") return;
  const indent = indentOf(content);
  if (startsComment(trimmed)) {
    if (indent > 0 && state.hasSection) {
      report(state, line, "an indented comment, which some AWS tools take for a value or an error");
    }
    return;
  }
  if (isContinuation(state, indent)) {
    if (state.isNested && !trimmed.includes("=")) {
      report(
        state,
        line,
        "a nested line without `=`: the AWS CLI and boto3 fail on the whole file",
      );
    }
    return;
  }
  if (trimmed.startsWith("[")) readHeader(state, line, trimmed);
  else readKey(state, line, trimmed, indent);
}

function readHeader(state: State, line: number, trimmed: string): void {
  state.keys.clear();
  state.keyIndent = undefined;
  state.hasSection = true;
  // configparser takes all up to the last bracket for the name.
  const name = /^\[(.+)\]/.exec(trimmed)?.[1];
  if (name === undefined) {
    report(state, line, "a header without `]`: the AWS CLI and boto3 fail on the whole file");
    return;
  }
  if (name === "DEFAULT") {
    report(state, line, "`[DEFAULT]`: the AWS CLI and boto3 give its keys to every other profile");
    return;
  }
  const first = state.sections.get(name);
  if (first === undefined) state.sections.set(name, line);
  else {
    report(
      state,
      line,
      `the same section as in line ${first + 1}: the AWS CLI and boto3 fail on the whole file`,
    );
  }
}

function readKey(state: State, line: number, trimmed: string, indent: number): void {
  const end = trimmed.search(/[=:]/);
  if (!state.hasSection) {
    report(state, line, "a line before any section: the AWS CLI and boto3 fail on the whole file");
    return;
  }
  if (end <= 0) {
    report(state, line, "not a `key = value`: the AWS CLI and boto3 fail on the whole file");
    state.keyIndent = undefined;
    return;
  }
  const key = trimmed.slice(0, end).trimEnd().toLowerCase();
  addKey(state, line, key);
  state.keyIndent = indent;
  state.isNested = trimBlanks(trimmed.slice(end + 1)) === "";
}

function addKey(state: State, line: number, key: string): void {
  const first = state.keys.get(key);
  if (first === undefined) state.keys.set(key, line);
  else {
    report(
      state,
      line,
      `the same key as in line ${first + 1}: the AWS CLI and boto3 fail on the whole file`,
    );
  }
}

function report(state: State, line: number, message: string): void {
  state.problems.push({ line: line + 1, message });
}
