import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { parseComments, runsLetme } from "../../src/profiles/block-text.ts";
import { planChange } from "../../src/profiles/change.ts";
import { hideSecrets } from "../../src/profiles/diff.ts";
import { documentOf, documentOfText } from "../../src/profiles/document.ts";
import type { AnyProfileToWrite } from "../../src/profiles/profile.ts";
import { profileNamed } from "./profile-fixtures.ts";

const locations = { config: "/c/config", credentials: "/c/credentials" };

function documents(config: string, credentials: string) {
  return {
    config: documentOfText("config", config),
    credentials: documentOfText("credentials", credentials),
  };
}

function write(
  config: string,
  credentials: string,
  profile: AnyProfileToWrite = profileNamed("a"),
) {
  const plan = planChange(documents(config, credentials), locations, {
    action: "write",
    profiles: [profile],
  });
  return {
    config: plan.config.after.text,
    credentials: plan.credentials.after.text,
    warnings: plan.warnings,
  };
}

function remove(config: string, credentials: string, name = "a") {
  const plan = planChange(documents(config, credentials), locations, {
    action: "remove",
    names: [name],
  });
  return {
    config: plan.config.after.text,
    credentials: plan.credentials.after.text,
    warnings: plan.warnings,
  };
}

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof LetmeError)) throw error;
    expect(error.kind).toBe("failed");
    expect(error.hint).toBeTruthy();
    return error.message;
  }
  throw new Error("it was not refused");
}

const configBlock =
  "#s-a\n#managed by letme\n[profile a]\nregion = sa-east-1\noutput = json\n#e-a\n";
const credentialsBlock =
  "#s-a\n#Nov 22, 2026 23:22:40;t\n#expires 2026-11-23T00:22:40Z chain 0123abcd\n[a]\n" +
  "aws_access_key_id = ASIANEWKEY\naws_secret_access_key = new/secret+key\n" +
  "aws_session_token = newToken//==\n#e-a\n";
const goBlock =
  "#s-a\n#Oct 2, 2026 03:22:40;t\n[a]\naws_access_key_id = ASIAOLD\n" +
  "aws_secret_access_key = old\naws_session_token = old\n#e-a\n";

describe("a block that is written", () => {
  test("into empty files", () => {
    expect(write("", "")).toEqual({
      config: configBlock,
      credentials: credentialsBlock,
      warnings: [],
    });
  });

  test("for the name default has no word profile", () => {
    expect(write("", "", profileNamed("default")).config).toContain("\n[default]\n");
  });

  test("of an account without a region has none, and keeps the one that stands there", () => {
    const profile = profileNamed("a", { region: undefined });
    expect(write("", "", profile).config).not.toContain("region");
    expect(write(configBlock, "", profile).config).toContain("region = sa-east-1\n");
  });

  test("takes the file's line ending", () => {
    const { credentials } = write("", "[b]\r\nk = v\r\n");
    expect(credentials).toBe(`[b]\r\nk = v\r\n${credentialsBlock.replaceAll("\n", "\r\n")}`);
  });

  test("leaves a file without a final line end without one, and removing it gives the file back", () => {
    for (const text of ["[b]\nk = v", "[b]\r\nk = v", "[b]\nk = v\r", "x", "\u00ef\u00bb\u00bf"]) {
      const once = write("", text);
      expect(once.credentials.endsWith("#e-a")).toBe(true);
      const both = write(once.config, once.credentials, profileNamed("z"));
      const one = remove(both.config, both.credentials, "a");
      expect(remove(one.config, one.credentials, "z").credentials).toBe(text);
    }
  });

  test("stands where the original's block stood", () => {
    const { credentials } = write("", `[b]\nk = 1\n\n${goBlock}\n[c]\nk = 2\n`);
    expect(credentials).toBe(`[b]\nk = 1\n\n${credentialsBlock}\n[c]\nk = 2\n`);
  });

  test("keeps what the user put into it", () => {
    const mine = goBlock
      .replace("[a]\n", "[a]\ncli_pager = less\n# mine\n")
      .replace("#e-a", "s3 =\n  max = 1\n\n#e-a");
    const { credentials } = write("", mine);
    expect(credentials).toContain(
      "[a]\ncli_pager = less\n# mine\naws_access_key_id = ASIANEWKEY\n",
    );
    expect(credentials).toContain("s3 =\n  max = 1\n\n#e-a\n");
  });

  test("loses a stale security token, a repeated key and its own credential_process", () => {
    const old = goBlock.replace("#e-a", "AWS_SECURITY_TOKEN = old\naws_session_token = two\n#e-a");
    const process = configBlock.replace("#e-a", "credential_process = letme obtain a --v1\n#e-a");
    const after = write(process, old);
    expect(after).toEqual({ config: configBlock, credentials: credentialsBlock, warnings: [] });
  });

  test("with a credential_process has no credentials block", () => {
    const command = "letme obtain a --v1";
    const after = write(configBlock, goBlock, {
      name: "a",
      region: "sa-east-1",
      credentialProcess: command,
    });
    expect(after.credentials).toBe("");
    expect(after.config).toContain(`credential_process = ${command}\n`);
  });

  test("takes the place of a section that v0.2 marked", () => {
    const legacy =
      "[b]\nk = 1\n; letme managed\n[a]\naws_access_key_id     = old\nmine = 1\n\n# about c\n[c]\n";
    const { credentials } = write("", legacy);
    expect(credentials).toStartWith("[b]\nk = 1\n#s-a\n");
    expect(credentials).toContain("[a]\naws_access_key_id = ASIANEWKEY\n");
    expect(credentials).toEndWith("mine = 1\n#e-a\n\n# about c\n[c]\n");
    expect(remove("", legacy.replace("mine = 1\n", "")).credentials).toBe(
      "[b]\nk = 1\n\n# about c\n[c]\n",
    );
  });

  test("of a name that begins another's is another block", () => {
    const longer = goBlock.replaceAll("-a\n", "-ab\n").replace("[a]", "[ab]");
    expect(write("", longer).credentials).toBe(longer + credentialsBlock);
  });
});

describe("a block that is removed", () => {
  test("leaves the header where the user has keys below it", () => {
    const mine = goBlock.replace("[a]\n", "[a]\nregion = eu-west-3\n");
    const after = remove("", mine);
    expect(after.credentials).toBe("#s-a\n[a]\nregion = eu-west-3\n#e-a\n");
    expect(after.warnings[0]).toContain("/c/credentials: profile `a`");
    expect(write("", after.credentials).credentials).toContain("ASIANEWKEY");
  });

  test("leaves keys that the user has in the config file", () => {
    const mine = configBlock.replace("#e-a", "aws_access_key_id = AKIAMINE\n#e-a");
    const after = remove(mine, credentialsBlock);
    expect(after.credentials).toBe("");
    expect(after.config).toContain("[profile a]\naws_access_key_id = AKIAMINE\n#e-a\n");
    expect(after.warnings[0]).toContain("keeps the settings that are not letme's");
  });

  test("is told from one that is not there and one that is not letme's", () => {
    expect(refusal(() => remove("", "[b]\n"))).toContain("no profile `a`");
    expect(refusal(() => remove("", "[b]\n[a]\n"))).toContain("`/c/credentials:2` is not letme's");
  });
});

describe("what is not surely letme's is refused with its line", () => {
  const cases: [string, string, string, number][] = [
    ["a section of that name", "", "[b]\n[a]\nk = v\n", 2],
    ["a config profile of that name", "[profile a]\n", "", 1],
    ["a quoted name", '[profile "a"]\n', "", 1],
    ["an indented header", "", "[b]\n  [a]\n", 2],
    ["a header with a comment", "", "[a] # mine\n", 1],
    ["both forms of default", "[profile default]\n", "", 1],
    ["a start without its end", "", goBlock.replace("#e-a\n", ""), 1],
    ["an end without its start", "", goBlock.replace("#s-a\n", ""), 6],
    ["a header edited", "", goBlock.replace("[a]", "[other]"), 3],
    ["a header added", "", goBlock.replace("#e-a", "[new]\n#e-a"), 7],
    ["a block pasted twice", "", goBlock + goBlock, 8],
    ["a section beside the block", "", `${goBlock}[a]\nk = v\n`, 8],
    ["a key without a header", "", "#s-a\naws_access_key_id = 1\n#e-a\n", 1],
    ["a line above the header", "", goBlock.replace("[a]", "k = v\n[a]"), 3],
    ["an indented line below a key of letme's", "", goBlock.replace("#e-a", "  more\n#e-a"), 7],
    ["an indented comment below it", "", goBlock.replace("#e-a", "  # c\n#e-a"), 7],
    ["a key behind the end", "", `${goBlock}aws_session_token = late\n`, 8],
    ["a key with a colon", "", goBlock.replace("#e-a", "aws_security_token: x\n#e-a"), 7],
    ["another block's marker inside", "", goBlock.replace("#e-a", "#s-b\n#e-a"), 7],
    ["a v0.2 mark that is not above the header", "", "; letme managed\n\n[a]\n", 3],
  ];
  for (const [label, config, credentials, line] of cases) {
    test(label, () => {
      const name = label.includes("default") ? "default" : "a";
      const message = refusal(() => write(config, credentials, profileNamed(name)));
      expect(message).toContain(`:${line}\``);
    });
  }

  test("a key behind the end, on remove, whatever its name", () => {
    expect(refusal(() => remove("", `${goBlock}mine = 1\n`))).toContain(":8`");
    expect(write("", `${goBlock}mine = 1\n`).credentials).toEndWith("#e-a\nmine = 1\n");
  });
});

describe("hostile input is refused before anything is read", () => {
  for (const name of [
    "",
    "a b",
    "a\n[prod]",
    "a]",
    "#a",
    "DEFAULT",
    "__proto__",
    "constructor",
    "-r",
    "--help",
  ]) {
    test(`the name ${JSON.stringify(name)}`, async () => {
      const { checkProfiles } = await import("../../src/profiles/profile.ts");
      expect(refusal(() => checkProfiles([profileNamed(name)]))).not.toContain("\n");
    });
  }

  test("a region, a key, a chain with a line end or a comment", async () => {
    const { checkProfiles } = await import("../../src/profiles/profile.ts");
    const { credentials } = profileNamed("a");
    const { name } = profileNamed("a");
    const asProcess = { name, region: undefined, credentialProcess: "letme export %PATH%" };
    expect(refusal(() => checkProfiles([asProcess]))).toContain("credential_process");
    for (const changes of [
      { region: "eu-west-1\n[prod]" },
      { region: "local" },
      { chain: "x" },
      { credentials: { ...credentials, sessionToken: "secret\nrole_arn = x" } },
      { credentials: { ...credentials, secretAccessKey: "#secret" } },
    ]) {
      const message = refusal(() => checkProfiles([profileNamed("a", changes)]));
      expect(message).not.toContain("secret\n");
      expect(message).not.toContain("#secret");
    }
  });
});

describe("warnings", () => {
  test("name the settings that win over the written keys, with their line", () => {
    const mine = configBlock.replace("#e-a", "role_arn = arn:x\nsso_session = s\n#e-a");
    const { warnings } = write(mine, "");
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^\/c\/config:6: `role_arn` .*every AWS tool/);
    expect(warnings[1]).toMatch(/^\/c\/config:7: `sso_session` .*some AWS tools/);
  });

  const problems: [string, string, number][] = [
    ["a duplicate section", "[b]\n[c]\n[b]\n", 3],
    ["a duplicate key, by case", "[b]\nk = 1\nK = 2\n", 3],
    ["a bare key", "[b]\nsecretword\n", 2],
    ["[DEFAULT]", "[DEFAULT]\n", 1],
    ["a byte order mark", "\u00ef\u00bb\u00bf[b]\n", 1],
    ["invalid UTF-8", "[b]\nk = \u00ff\n", 2],
    ["lone carriage returns", "[b]\nk = 1\rj = 2\n", 2],
    ["a line before any section", "k = 1\n[b]\n", 1],
    ["a header without its end", "[b\n", 1],
  ];
  for (const [label, text, line] of problems) {
    test(`tell of ${label}, change none of it, and show no value`, () => {
      const after = write("", text);
      expect(after.credentials.startsWith(text)).toBe(true);
      expect(after.warnings.some((each) => each.startsWith(`/c/credentials:${line}: `))).toBe(true);
      expect(after.warnings.join()).not.toContain("secretword");
    });
  }
});

test("the work grows with the file, not faster", () => {
  const section = "[profile p]\nregion = eu-west-1\ns3 =\n  a = b\n\n# comment\n";
  const time = (copies: number) => {
    const text = Array.from({ length: copies }, (_, at) => section.replace("p]", `p${at}]`)).join(
      "",
    );
    const bytes = Buffer.from(text);
    const start = performance.now();
    const config = documentOf("config", bytes);
    const credentials = documentOfText("credentials", "");
    const change = { action: "write", profiles: [profileNamed("a")] } as const;
    const plan = planChange({ config, credentials }, locations, change);
    expect(plan.config.after.text.length).toBe(text.length + configBlock.length);
    return (performance.now() - start) / copies;
  };
  time(2_000);
  // Ten megabytes beside one: quadratic work would take ten times as long for each section, at
  // every attempt. What else the machine does can slow down some attempts, never all of them.
  const isLinear = () => time(160_000) < 5 * time(16_000);
  expect(Array.from({ length: 8 }).some(isLinear)).toBe(true);
});

test.each([
  ["letme export a --format process", true],
  ["letme obtain a --v1", true],
  ["letme --context x ob a", true],
  ["/usr/local/bin/letme export a", true],
  ['"/opt/my tools/letme" export a', true],
  ['"C:\\Program Files\\letme.exe" export a', true],
  ["C:\\bin\\letme.exe export a", true],
  ["letme exporta", false],
  ["letme list", false],
  ["notletme export a", false],
  ['"/opt/letme export a', false],
  ["aws-vault export letme", false],
  ["letme", false],
  ["", false],
])("whether a command is letme's own: %s", (command, isLetme) => {
  expect(runsLetme(command)).toBe(isLetme);
});

test("a command that is not wholly known is hidden in a diff, however long it is", () => {
  const command = `credential_process = letme export a --format process${" --a".repeat(100_000)}`;
  expect(hideSecrets(command)).toBe(command);
  expect(hideSecrets(`${command} !`)).toBe("credential_process = ****");
});

// What grows with a power of the length would take hours.
test.each([
  ["an open quote", `"${"/letme ".repeat(300_000)}`],
  ["words", `letme ${"obtainx ".repeat(300_000)}`],
  ["quotes", `${'"" '.repeat(300_000)}letme`],
])("a command without end is read to its end: %s", (_, command) => {
  expect(runsLetme(command)).toBe(false);
});

test.each([8, 16, 64])("a fingerprint of %d digits is read", (digits) => {
  const chain = "5f0c2a91".repeat(8).slice(0, digits);
  expect(parseComments([`#expires 2026-11-23T00:22:40Z chain ${chain}`]).chain).toBe(chain);
});
