/** The main job of letme, one command after the other. */
import { readFileSync, writeFileSync } from "node:fs";
import { accounts, region, table, user } from "../test/support/organisation.ts";
import type { Stage } from "./demo-stage.ts";

// Files as people have them: comments, blank lines, a nested section, no line end at the end.
const ownConfig =
  "# mine, by hand\n[default]\nregion = eu-west-1\ns3 =\n    max_concurrent_requests = 20\n\n\n[profile other]\nregion=us-east-1";
const ownCredentials = `[default]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n\n; end of mine\n`;

/** Plays everything; what goes wrong is in `stage.problems`. */
export async function tellStory(stage: Stage): Promise<void> {
  const { home } = stage;
  home.write(".aws/config", ownConfig);
  home.write(".aws/credentials", ownCredentials);
  await configure(stage);
  await obtainFromTable(stage);
  await useSnapshot(stage);
  await useElsewhere(stage);
  await goWrong(stage);
  await lookAround(stage);
  await leave(stage);
}

async function configure(stage: Stage): Promise<void> {
  const { home, letme, say, show } = stage;
  say("One file, nothing else to install.");
  await letme(["--version"], { exitCode: 0, prints: ["letme "] });

  say("Write a configuration, every key explained in it.");
  await letme(["config-file"], { exitCode: 0, prints: ["letme-config"] });

  say("Fill it in: the profile to start from, the table and its region.");
  const settings = {
    aws_source_profile: "default",
    aws_source_profile_region: region,
    dynamodb_table: table,
  };
  const filled = Object.entries(settings).reduce(
    (text, [key, value]) =>
      text.replace(new RegExp(`^# ${key} = .*$`, "m"), `${key} = ${JSON.stringify(value)}`),
    readFileSync(home.letmeConfig, "utf8"),
  );
  writeFileSync(home.letmeConfig, filled);
  show(filled.replace(/^(#.*)?\n/gm, ""));

  say("Check it.");
  await letme(["config-file", "--verify"], { exitCode: 0, prints: ["general"] });
}

async function obtainFromTable(stage: Stage): Promise<void> {
  const { letme, say, show, standIn } = stage;
  say("The accounts of the organisation, from the DynamoDB table.");
  await letme(["list"], { exitCode: 0, prints: ["NAME:", "example1", "stage-7"] });

  say("What would be written? A dry run asks for no credentials and changes nothing.");
  await letme(["obtain", "example1", "--dry-run"], { exitCode: 0, prints: ["+[example1]"] });

  say("Get credentials for an account with one role.");
  await letme(["obtain", "example1"], { exitCode: 0, prints: ["--profile example1"] });

  say("An AWS SDK reads the profile, and STS says who it is.");
  const caller = await stage.callerOf("example1");
  show(caller);
  stage.check(
    "the profile example1 is not the role",
    caller.includes("000000000001:assumed-role/role0/"),
  );

  say("An account behind a chain of three roles.");
  await letme(["obtain", "example3"], { exitCode: 0, prints: ["[3/3]", "--profile example3"] });

  say("An account that asks for MFA, without a code: AWS's reason, and what to do.");
  await letme(["obtain", "guarded"], { exitCode: 4, prints: ["hint: "] });

  say("With the MFA device and its code. On a terminal the code is asked for.");
  const code = standIn.currentCode(user.mfaSerial);
  await letme(["obtain", "guarded", "--mfa-arn", user.mfaSerial, "--mfa-token", code, "-d", "4h"], {
    exitCode: 0,
    prints: ["--profile guarded"],
  });

  say("Which credentials are there, and until when?");
  await letme(["list", "--local"], { exitCode: 0, prints: ["true,true", "false,false"] });
}

async function useSnapshot(stage: Stage): Promise<void> {
  const { letme, say, show, standIn } = stage;
  say("Keep a snapshot of the accounts on this machine.");
  await letme(["init"], { exitCode: 0, prints: [`${accounts.length} accounts`] });

  say("From now on the table is not asked.");
  standIn.log.clear();
  await letme(["obtain", "example2"], { exitCode: 0, prints: ["--profile example2"] });
  const asked = standIn.log.of("dynamodb").length;
  show(`Requests to DynamoDB: ${asked}; to STS: ${standIn.log.of("sts", "AssumeRole").length}`);
  stage.check("the table was asked in spite of the snapshot", asked === 0);
}

async function useElsewhere(stage: Stage): Promise<void> {
  const { letme, say } = stage;
  say("A command with the credentials of an account, and nothing in the AWS files.");
  const script = 'echo "in $LETME_EXEC, region $AWS_REGION"';
  await letme(["exec", "example1", "--", "sh", "-c", script], {
    exitCode: 0,
    prints: ["in example1, region eu-west-1"],
  });

  say("A profile that asks letme for credentials whenever an SDK needs them.");
  await letme(["obtain", "example2", "--credential-process"], { exitCode: 0 });

  say("Every profile of letme's, and how long it is valid.");
  await letme(["status"], { exitCode: 0, prints: ["on demand", "general"] });

  say("Another context: another table, or another source.");
  await letme(["config", "new-context", "work", "--table", table, "--source-region", region], {
    exitCode: 0,
  });
  await letme(["config", "get-contexts"], { exitCode: 0, prints: ["* general", "  work"] });
}

async function goWrong(stage: Stage): Promise<void> {
  const { letme, say } = stage;
  say("A name that is nearly right.");
  await letme(["obtain", "exmaple1"], { exitCode: 1, prints: ["did you mean `example1`?"] });

  say("A role that does not trust you. Nothing is written.");
  await letme(["obtain", "closed"], { exitCode: 4, prints: ["AccessDenied", "hint: "] });

  say("A profile that letme did not write is never touched.");
  await letme(["remove", "other"], { exitCode: 1, prints: ["hint: "] });
}

async function lookAround(stage: Stage): Promise<void> {
  const { home, letme, say, show } = stage;
  say("All of it for scripts, as JSON.");
  const json = await letme(["list", "-o", "json"], { exitCode: 0, showLines: 24 });
  stage.check("the JSON names other accounts", JSON.parse(json).items.length === accounts.length);

  say("The block of a profile in the config file, and in the credentials file (values hidden).");
  show(blockOf(home.read(".aws/config") ?? "", "example1"));
  show(
    blockOf(home.read(".aws/credentials") ?? "", "example1").replace(
      /^(aws_\w+ = ).*$/gm,
      "$1****",
    ),
  );
}

async function leave(stage: Stage): Promise<void> {
  const { home, letme, say, show } = stage;
  say("Take the profiles out again.");
  await letme(["remove", "example1", "example2", "example3", "guarded"], {
    exitCode: 0,
    prints: ["removed"],
  });

  say("The AWS files are byte for byte what they were.");
  for (const [path, before] of [
    [".aws/config", ownConfig],
    [".aws/credentials", ownCredentials],
  ] as const) {
    const same = home.read(path) === before;
    show(`~/${path}: ${same ? "as before" : "changed"}`);
    stage.check(`~/${path} is not as it was`, same);
  }
}

function blockOf(text: string, name: string): string {
  const start = text.indexOf(`#s-${name}\n`);
  const end = text.indexOf(`#e-${name}\n`);
  return start === -1 || end === -1 ? "(no block)" : text.slice(start, end + name.length + 4);
}
