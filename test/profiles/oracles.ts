import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { externalDataInterceptor, loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

/** The two files, one character a byte. */
export interface Texts {
  readonly config: string;
  readonly credentials: string;
}

type Sections = Record<string, Record<string, unknown>>;

/** What an AWS SDK reads; undefined where it fails on a file. */
export interface Reading {
  readonly config: Sections | undefined;
  readonly credentials: Sections | undefined;
}

/** What AWS's own JavaScript reader makes of the files. It swallows all errors. */
export async function readWithJavaScript(texts: Texts): Promise<Reading> {
  const utf8 = (text: string) => Buffer.from(text, "latin1").toString("utf8");
  externalDataInterceptor.interceptFile("/config", utf8(texts.config));
  externalDataInterceptor.interceptFile("/credentials", utf8(texts.credentials));
  const read = await loadSharedConfigFiles({ configFilepath: "/config", filepath: "/credentials" });
  return { config: read.configFile, credentials: read.credentialsFile };
}

const program = `
import json, sys, os
from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError
def attempt(read, path):
    try:
        return read(path)
    except ConfigParseError:
        return None
folder = sys.argv[1]
for number in range(int(sys.argv[2])):
    config = attempt(load_config, os.path.join(folder, f"{number}.config"))
    credentials = attempt(raw_config_parse, os.path.join(folder, f"{number}.credentials"))
    print(json.dumps({"config": config, "credentials": credentials}))
`;

/** Whether python with botocore is on this machine. */
export function hasBotocore(): boolean {
  const found = spawnSync("python3", ["-c", "import botocore.configloader"], { stdio: "ignore" });
  return found.status === 0;
}

/** What botocore makes of many pairs of files, in one process. */
export function readWithBotocore(pairs: readonly Texts[]): readonly Reading[] {
  const folder = mkdtempSync(join(tmpdir(), "letme-botocore-"));
  try {
    mkdirSync(folder, { recursive: true });
    for (const [number, { config, credentials }] of pairs.entries()) {
      writeFileSync(join(folder, `${number}.config`), Buffer.from(config, "latin1"));
      writeFileSync(join(folder, `${number}.credentials`), Buffer.from(credentials, "latin1"));
    }
    const { stdout, stderr, status } = spawnSync(
      "python3",
      ["-c", program, folder, String(pairs.length)],
      { encoding: "utf8", maxBuffer: 1 << 30 },
    );
    if (status !== 0) throw new Error(`botocore: ${stderr}`);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => readingOf(JSON.parse(line)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** botocore keeps profiles apart from the other sections, which are put beside them here. */
function readingOf(parsed: {
  config: { profiles: Sections; sso_sessions: Sections; services: Sections } | null;
  credentials: Sections | null;
}): Reading {
  const prefixed = (prefix: string, sections: Sections) =>
    Object.fromEntries(Object.entries(sections).map(([name, keys]) => [`${prefix}.${name}`, keys]));
  return {
    config:
      parsed.config === null
        ? undefined
        : {
            ...parsed.config.profiles,
            ...prefixed("sso-session", parsed.config.sso_sessions),
            ...prefixed("services", parsed.config.services),
          },
    credentials: parsed.credentials ?? undefined,
  };
}
