import type { Invocation } from "../cli/declaration.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import { fileError } from "../files/file-error.ts";
import { isJustEmptied, letItBeFilled, mostLooks } from "../files/just-emptied.ts";
import { takePrivateLock } from "../files/private-lock.ts";
import { removeLeftoversOf } from "../files/temporary-files.ts";
import { writeWhole } from "../files/write-whole.ts";
import type { Host } from "../host.ts";
import { readUserSettings, withActiveContext } from "../settings/active-context.ts";
import { type ConfigContent, parseConfig } from "../settings/config-file.ts";
import { type LetmePaths, letmePaths } from "../settings/paths.ts";
import { describeProblems } from "../settings/settings.ts";

// Another letme holds it for some milliseconds.
const lockMilliseconds = 10_000;

/** letme's own configuration, while nobody else changes it. */
export interface ConfigEdit {
  readonly paths: LetmePaths;
  /** The text of `letme-config`; undefined where there is none yet. */
  readonly text: string | undefined;
  readonly content: ConfigContent;
  /** Writes `letme-config` whole, if it is still what was read. */
  write(text: string): Promise<void>;
  /** Makes a context the active one; none where undefined. */
  activate(name: string | undefined): Promise<void>;
}

/**
 * Changes letme's own configuration under its lock. Throws a `configuration` error where
 * `letme-config` has problems: what it means must be certain before it is changed.
 */
export async function editConfig<T>(
  { host }: Invocation,
  change: (edit: ConfigEdit) => Promise<T>,
): Promise<T> {
  const paths = letmePaths(host);
  return whileUnchanged(host, paths, async () => {
    await waitWhileEmptied(host, paths.config);
    const text = readText(host.files, paths.config);
    const content = parseConfig(text ?? "");
    if (content.problems.length > 0) {
      throw new LetmeError("configuration", describeProblems(paths.config, content.problems), {
        hint: "correct the file first, then run the command again",
      });
    }
    return await change({
      paths,
      text,
      content,
      write: async (next) => {
        const expected = {
          isThere: () => readText(host.files, paths.config) === text,
          bytes: text === undefined ? undefined : Buffer.from(text),
        };
        if (await writeWhole(host, paths.config, Buffer.from(next), { mode: 0o600, expected }))
          return;
        throw new LetmeError("failed", `another program has changed \`${paths.config}\``, {
          hint: "nothing was written; run the command again",
        });
      },
      activate: async (name) => {
        const next = withActiveContext(readUserSettings(host, paths), name);
        await writeWhole(host, paths.userSettings, Buffer.from(next), { mode: 0o600 });
      },
    });
  });
}

/**
 * Does a change of letme's own configuration while no other letme does one. What a killed one left
 * is cleared away.
 */
export async function whileUnchanged<T>(
  host: Host,
  { config, configLock, userSettings }: LetmePaths,
  change: () => Promise<T>,
): Promise<T> {
  const lock = await takePrivateLock(host, configLock, lockMilliseconds).catch((error: unknown) => {
    if (errnoOf(error) !== "ELOCKED") throw fileError(error, "lock", configLock);
    throw new LetmeError("failed", "another letme is changing the configuration", {
      hint: "run the command again",
    });
  });
  try {
    removeLeftoversOf(host, [config, userSettings]);
    return await change();
  } finally {
    lock.release();
  }
}

/** A program that writes the file anew may have emptied it just now. */
async function waitWhileEmptied(host: Host, path: string): Promise<void> {
  for (let look = 1; look <= mostLooks; look += 1) {
    try {
      if (!isJustEmptied(host, host.files.status(path))) return;
    } catch {
      // Reading it says what is wrong.
      return;
    }
    await letItBeFilled(host);
  }
}

function readText(files: Invocation["host"]["files"], path: string): string | undefined {
  try {
    const bytes = files.read(path);
    // What is not UTF-8 would not come out as it went in.
    return bytes === undefined
      ? undefined
      : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new LetmeError("configuration", `\`${path}\` is not UTF-8`, {
        hint: "save it as UTF-8, then run the command again",
      });
    }
    throw fileError(error, "read", path);
  }
}
