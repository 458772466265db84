import { bytesOf, contentOf, hasByteOrderMark, type SharedDocument } from "./document.ts";
import { indentOf, startsComment, trimBlanks } from "./grammar.ts";

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

/** Finds what is wrong with a file as it stands. letme changes none of it. */
export function findProblems(document: SharedDocument): readonly FileProblem[] {
  const state: State = {
    problems: encodingProblems(document),
    sections: new Map(),
    keys: new Map(),
    keyIndent: undefined,
    isNested: false,
    hasSection: false,
  };
  const hasReturns = document.text.includes("\r");
  for (let line = 0; line < document.starts.length; line += 1) {
    if (!hasReturns && line > 0 && readPlainKey(state, document, line)) continue;
    const content = contentOf(document, line);
    if (hasReturns && content.includes("\r")) {
      report(state, line, "a lone carriage return, which most AWS tools do not take as a line end");
    }
    readLine(state, line, content);
  }
  return state.problems.toSorted((a, b) => a.line - b.line);
}

/**
 * Reads a line that is a lowercase key with a value, as almost all are, without cutting the line out.
 * False where it is anything else.
 */
function readPlainKey(state: State, document: SharedDocument, line: number): boolean {
  if (!state.hasSection) return false;
  const { text } = document;
  const start = document.starts[line] ?? 0;
  let at = start;
  let code = text.charCodeAt(at);
  while ((code > 96 && code < 123) || code === 95) {
    at += 1;
    code = text.charCodeAt(at);
  }
  if (at === start) return false;
  const end = at;
  if (code === 32) code = text.charCodeAt(++at);
  if (code !== 61) return false;
  if (text.charCodeAt(at + 1) === 32) at += 1;
  code = text.charCodeAt(at + 1);
  if (!(code > 32)) return false;
  addKey(state, line, text.slice(start, end));
  state.keyIndent = 0;
  state.isNested = false;
  return true;
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
  if (state.keyIndent !== undefined && indent > state.keyIndent) {
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

function encodingProblems(document: SharedDocument): FileProblem[] {
  const problems: FileProblem[] = [];
  if (hasByteOrderMark(document)) {
    problems.push({
      line: 1,
      message: "a byte order mark: the AWS CLI and boto3 fail on the whole file",
    });
  }
  if (!/[\x80-\xff]/.test(document.text) || isUtf8(bytesOf(document))) return problems;
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

function report(state: State, line: number, message: string): void {
  state.problems.push({ line: line + 1, message });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
