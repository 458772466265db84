import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { renderSnapshot } from "../src/registry/snapshot.ts";
import { type Home, newHome } from "../test/support/home.ts";
import { region, settleIn, table } from "../test/support/organisation.ts";
import type { Side } from "./measure.ts";

export const lookedUp = "account-070000";

/** A home with a snapshot of this many accounts, `lookedUp` among them. */
export function homeWithSnapshot(count: number): Home {
  const home = newHome();
  settleIn(home);
  const step = 100_000 / count;
  const accounts = Array.from({ length: count }, (_, index) => {
    const number = String(index * step).padStart(6, "0");
    return {
      name: `account-${number}`,
      id: number.padStart(12, "0"),
      description: `the account ${number}`,
      regions: ["eu-west-1", "eu-central-1"],
      roles: [`arn:aws:iam::${number.padStart(12, "0")}:role/admin`],
      other: { team: "platform" },
    };
  });
  home.write(
    ".letme/.letme-cache",
    renderSnapshot(accounts, { table, region, takenAt: new Date() }),
  );
  return home;
}

/** The AWS files' texts of someone with the source profile and this many others. */
export function awsTexts(home: Home, count: number): AwsTexts {
  const source = home.read(".aws/credentials") ?? "";
  const numbers = Array.from({ length: count }, (_, index) => String(index).padStart(4, "0"));
  const config = numbers.map(
    (number) => `[profile team-${number}]\nregion = eu-west-1\noutput = json\n`,
  );
  const credentials = numbers.map(
    (number) =>
      `[team-${number}]\naws_access_key_id = AKIA${number.padStart(16, "0")}\naws_secret_access_key = ${number.repeat(10)}\n`,
  );
  return {
    config: ["[default]\nregion = eu-west-1\n", ...config].join("\n"),
    credentials: [source, ...credentials].join("\n"),
  };
}

/** The texts of both AWS files. */
export interface AwsTexts {
  readonly config: string;
  readonly credentials: string;
}

/**
 * AWS files of its own for each run, so that none finds what the one before wrote. They are on the
 * disk before the first run: no fsync of letme's shall pay for them.
 */
export function ownAwsFiles(
  home: Home,
  texts: AwsTexts,
  environment: Readonly<Record<string, string>> = {},
): Required<Pick<Side, "prepare" | "environment">> {
  const folder = mkdtempSync(join(home.path, "aws-"));
  const paths = (run: number) => ({
    config: join(folder, String(run), "config"),
    credentials: join(folder, String(run), "credentials"),
  });
  return {
    prepare: (run) => {
      mkdirSync(join(folder, String(run)));
      const { config, credentials } = paths(run);
      writeSynced(config, texts.config);
      writeSynced(credentials, texts.credentials);
    },
    environment: (run) => ({
      ...environment,
      AWS_CONFIG_FILE: paths(run).config,
      AWS_SHARED_CREDENTIALS_FILE: paths(run).credentials,
    }),
  };
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, "w", 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}
