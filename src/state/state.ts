import { dirname } from "node:path";
import { makePrivateFolder } from "../files/private-folder.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Host } from "../host.ts";

/** What letme remembers between runs, by what it is about. Nothing in it is a secret. */
export interface State {
  /** What kind of partition key a table has, by region and name of the table. */
  readonly tableKeys: Readonly<Record<string, "name" | "other">>;
}

const empty: State = { tableKeys: {} };
const currentVersion = 1;

// Nobody waits long for a memory; without it things merely take one request more.
const lockMilliseconds = 2000;

/** Reads the state. One that is missing, damaged or of a newer letme counts as empty. */
export function readState(host: Pick<Host, "files">, path: string): State {
  try {
    const bytes = host.files.read(path);
    if (bytes === undefined) return empty;
    const content: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isState(content) ? content : empty;
  } catch {
    return empty;
  }
}

/**
 * Changes the state under its lock, so that no other letme's change is lost. It never fails the
 * command: what cannot be remembered is found out again. Tells whether it was remembered.
 */
export async function updateState(
  host: Host,
  path: string,
  change: (state: State) => State,
): Promise<boolean> {
  try {
    makePrivateFolder(host, dirname(path));
    const lock = await host.files.lock(`${path}.lock`, lockMilliseconds);
    try {
      const next = { version: currentVersion, ...change(readState(host, path)) };
      await writeWhole(host, path, Buffer.from(`${JSON.stringify(next)}\n`), { mode: 0o600 });
      return true;
    } finally {
      lock.release();
    }
  } catch {
    return false;
  }
}

function isState(value: unknown): value is State {
  if (typeof value !== "object" || value === null) return false;
  if (!("version" in value) || value.version !== currentVersion) return false;
  return "tableKeys" in value && typeof value.tableKeys === "object" && value.tableKeys !== null;
}
