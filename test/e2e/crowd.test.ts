import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";
import { settleIn, startOrganisation, user } from "../support/organisation.ts";
import { newHome, runLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

const crowd = 64;
/** The other program edits each time that so many of the crowd are done. */
const pace = 3;
const edits = Math.floor(crowd / pace);
const names = Array.from({ length: crowd }, (_, index) => `crowd-${index}`);
const arnOf = (index: number) => `arn:aws:iam::${String(700 + index).padStart(12, "0")}:role/crowd`;

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startOrganisation();
  for (const index of names.keys()) standIn.addRole({ arn: arnOf(index), trusts: [user.arn] });
});
afterAll(async () => {
  await standIn.stop();
});

test.each(Array.from({ length: 10 }, (_, index) => index + 1))(
  `${crowd} processes at once, and another program at the same files: time %d of ten`,
  async () => {
    using home = newHome();
    settleIn(home, { dynamodb_table: "", registry_file: "accounts.toml" });
    home.write(".aws/config", "# mine\n[profile mine]\nregion = eu-west-3\n");
    const tables = names.map(
      (name, index) => `[${name}]\nregion = "eu-west-1"\nrole = "${arnOf(index)}"\n`,
    );
    home.write(".letme/accounts.toml", tables.join("\n"));
    const other = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, "../support/other-editor.ts"),
        home.awsConfig,
        home.awsCredentials,
      ],
      { stdin: "pipe", stdout: "inherit", stderr: "inherit" },
    );
    let done = 0;
    const results = await Promise.all(
      names.map(async (name) => {
        const result = await runLetme(["obtain", name, "-q"], {
          home,
          environment: standIn.environment,
        });
        done++;
        if (done % pace === 0) {
          other.stdin.write("edit\n");
          other.stdin.flush();
        }
        return result;
      }),
    );
    other.stdin.end();
    expect(await other.exited).toBe(0);
    expect(
      results.filter((result) => result.exitCode !== 0).map((result) => result.stderr),
    ).toEqual([]);

    const read = await loadSharedConfigFiles({
      filepath: home.awsCredentials,
      configFilepath: home.awsConfig,
      ignoreCache: true,
    });
    const others = Array.from({ length: edits }, (_, index) => `other-${index}`);
    expect(Object.keys(read.credentialsFile).sort()).toEqual(
      ["default", ...names, ...others].sort(),
    );
    expect(Object.keys(read.configFile).sort()).toEqual(["mine", ...names, ...others].sort());
    for (const name of names)
      expect(read.credentialsFile[name]?.["aws_session_token"]).toBeString();
    expect(home.read(".aws/config")).toStartWith("# mine\n[profile mine]\n");
    expect(readdirSync(join(home.path, ".aws")).sort()).toEqual(["config", "credentials"]);
  },
  60_000,
);
