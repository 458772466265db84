import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { renderSnapshot } from "../src/registry/snapshot.ts";
import { type Home, newHome } from "../test/support/home.ts";
import { region, settleIn, table } from "../test/support/organisation.ts";

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
      tags: [],
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
export function awsFiles(home: Home, count: number): { config: string; credentials: string } {
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

/**
 * Gives back what puts the AWS files as they were before each run. What it writes is on the disk
 * when it is done: the next fsync of letme's shall not pay for it.
 */
export function restoring(
  home: Home,
  texts: { readonly config: string; readonly credentials: string } = awsFiles(home, 0),
): () => void {
  mkdirSync(dirname(home.awsConfig), { recursive: true });
  return () => {
    for (const [path, text] of [
      [home.awsConfig, texts.config],
      [home.awsCredentials, texts.credentials],
    ] as const) {
      const file = openSync(path, "w", 0o600);
      writeSync(file, text);
      fsyncSync(file);
      closeSync(file);
    }
  };
}
