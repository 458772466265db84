import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A user's home directory, empty at first, and an environment that knows nothing else. */
export interface Home {
  readonly path: string;
  /** Absolute paths; nothing is there until a test or letme writes it. */
  readonly awsConfig: string;
  readonly awsCredentials: string;
  readonly letmeConfig: string;
  /** Writes a file under the home, with its directories; gives back its absolute path. */
  write(relative: string, text: string | Uint8Array): string;
  /** A file's text; undefined where there is none. */
  read(relative: string): string | undefined;
  /** What a program started in this home finds in its environment. */
  environment(extra?: Environment): Record<string, string>;
  /** Removes everything. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Variables; an undefined one is taken out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a Windows program cannot start or open a socket without. */
const WINDOWS_NEEDS = ["SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT"];

/** No test looks for the metadata of the machine that it happens to run on. */
const NO_INSTANCE = { AWS_EC2_METADATA_DISABLED: "true" };

export function newHome(): Home {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "letme-home-")));
  const dispose = () => rmSync(path, { recursive: true, force: true });
  return {
    path,
    awsConfig: join(path, ".aws", "config"),
    awsCredentials: join(path, ".aws", "credentials"),
    letmeConfig: join(path, ".letme", "letme-config"),
    write(relative, text) {
      const file = join(path, relative);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    },
    read(relative) {
      try {
        return readFileSync(join(path, relative), "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    environment(extra = {}) {
      const environment: Record<string, string> = { ...systemEnvironment(path) };
      for (const [name, value] of Object.entries(extra)) {
        if (value === undefined) delete environment[name];
        else environment[name] = value;
      }
      return environment;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

function systemEnvironment(home: string): Record<string, string> {
  if (process.platform !== "win32") {
    return { HOME: home, PATH: "", ...NO_INSTANCE };
  }
  const environment: Record<string, string> = {
    USERPROFILE: home,
    PATH: "",
    ...NO_INSTANCE,
    TEMP: home,
    TMP: home,
  };
  for (const name of WINDOWS_NEEDS) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
