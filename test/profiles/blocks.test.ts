import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { parseComments, runsLetme } from "../../src/profiles/block-text.ts";
import { planChange } from "../../src/profiles/change.ts";
import { hideSecrets } from "../../src/profiles/diff.ts";
import { documentOfText } from "../../src/profiles/document.ts";
import { profileNameProblem } from "../../src/profiles/names.ts";
import { type AnyProfileToWrite, checkProfiles } from "../../src/profiles/profile.ts";
import { shadowingNotes } from "../../src/profiles/shadowing.ts";
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

  test.each(["text", "table", "JSON", "yaml-stream", ""])(
    "leaves an output that the user set: %p",
    (value) => {
      const mine = configBlock.replace("output = json", `output = ${value}`);
      const after = remove(mine, credentialsBlock);
      expect(after.config).toBe(`#s-a\n#managed by letme\n[profile a]\noutput = ${value}\n#e-a\n`);
      expect(after.warnings[0]).toContain("keeps the settings that are not letme's");
      expect(write(after.config, "").config).toContain(`output = ${value}\n`);
    },
  );

  test("is told from one that is not there and one that is not letme's", () => {
    expect(refusal(() => remove("", "[b]\n"))).toContain("no profile `a`");
    expect(refusal(() => remove("", "[b]\n[a]\n"))).toContain("`/c/credentials:2` is not letme's");
  });
});

/** As the characters of a document, which are bytes. */
const utf8 = (text: string) => Buffer.from(text).toString("latin1");

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
    [
      "a key of letme's before a blank that not every tool knows",
      "",
      goBlock.replace("#e-a", `${utf8("aws_session_token\u00a0= x")}\n#e-a`),
      7,
    ],
    ["one behind such a blank", "", goBlock.replace("#e-a", `${utf8("\u3000mine = x")}\n#e-a`), 7],
    [
      "one behind a control character",
      "",
      goBlock.replace("#e-a", "mine = x\n#e-a\n\x1caws_session_token = x"),
      9,
    ],
    ["one behind the end", "", `${goBlock}${utf8("aws_session_token\u2003: x")}\n`, 8],
    ["an output behind the end", `${configBlock}output = text\n`, "", 7],
    ["an output with a colon", configBlock.replace("#e-a", "output: text\n#e-a"), "", 6],
    ["one in the config file", `#s-a\n[profile a]\n${utf8("region\u0085= x")}\n#e-a\n`, "", 3],
    ["a v0.2 mark that is not above the header", "", "; letme managed\n\n[a]\n", 3],
  ];
  for (const [label, config, credentials, line] of cases) {
    test(label, () => {
      const name = label.includes("default") ? "default" : "a";
      const message = refusal(() => write(config, credentials, profileNamed(name)));
      expect(message).toContain(`:${line}\``);
    });
  }

  for (const blank of ["\u00a0", "\u0085", "\u2003", "\u3000", "\ufeff", "\x0b", "\x1c", "\x1f"]) {
    const code = blank.codePointAt(0)?.toString(16);
    for (const header of [`${blank}[a]`, `[${blank}a]`, `[a${blank}]`, `[a]${blank}`]) {
      test(`a header with a blank that not every tool knows (${code}): ${header}`, () => {
        expect(refusal(() => write("", utf8(`[b]\nk = 1\n${header}\nk = 2\n`)))).toBe(
          "profile `a` in `/c/credentials:3` is not letme's; it stays as it is",
        );
      });
    }
    for (const header of [`${blank}[profile a]`, `[profile${blank}a]`, `[profile a${blank}]`]) {
      test(`a header of the config file with one (${code}): ${header}`, () => {
        expect(refusal(() => write(utf8(`[b]\nk = 1\n${header}\nk = 2\n`), ""))).toBe(
          "profile `a` in `/c/config:3` is not letme's; it stays as it is",
        );
      });
    }
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
      expect(refusal(() => checkProfiles([profileNamed(name)]))).not.toContain("\n");
    });
  }

  test("a region, a key, a chain with a line end or a comment", async () => {
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
  test("say when a profile changes its context, where its comment told that of before", () => {
    const owner = (context: string) => ({ account: "123456789012", context });
    const of = (context: string) => profileNamed("a", { owner: owner(context) });
    const first = write("[b]\n", "", of("one"));
    expect(first.warnings).toEqual([]);
    expect(write(first.config, first.credentials, of("one")).warnings).toEqual([]);
    const second = write(first.config, first.credentials, of("two"));
    expect(second.warnings).toEqual(["profile `a` changes its context, from `one` to `two`"]);
    const process = { name: "a", region: undefined, owner: owner("two"), credentialProcess: "x" };
    expect(write(first.config, first.credentials, process).warnings).toEqual(second.warnings);
    expect(write(configBlock, credentialsBlock, of("two")).warnings).toEqual([]);
  });

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
    ["a header behind a blank that not every tool knows", utf8("\u00a0[b]\nk = 1\n"), 1],
    ["a header with one inside", utf8("[my\u3000own]\nk = 1\n"), 1],
    ["a key before one", utf8("[b]\nk\u00a0= 1\n"), 2],
    ["the same key before one", utf8("[b]\nk = 1\nk\u00a0= 1\n"), 3],
    ["a line behind one", utf8("[b]\nk = 1\n\u2003j = 1\n"), 3],
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

test("blanks that not every tool knows do no harm in values and comments, and nothing is said", () => {
  const text = utf8("# \u00a0 mine\n[b] # \u3000\nk = a\u00a0b \u2003\n  c\u00a0d\n");
  const after = write("", text);
  expect(after.credentials.startsWith(text)).toBe(true);
  expect(after.warnings).toEqual([]);
});

// Where nothing is odd, only the part with letme's block is read: bench/large-files.ts measures that.
describe("where a file has to be read line by line, the work grows with it, not faster", () => {
  test.each([
    ["a name in quotes", '[profile "q"]\n'],
    ["a line that is wrong", "[profile wrong]\nbare\n"],
    ["a lone carriage return", "[profile return]\nk = a\rb\n"],
  ])("for %s", (_, odd) => {
    /** How often a line is looked up. */
    const looks = (copies: number) => {
      const sections = Array.from(
        { length: copies },
        (_, at) => `[profile p${at}]\nregion = eu-west-1\ns3 =\n  a = b\n\n# comment\n`,
      );
      const text = odd + sections.join("");
      const document = documentOfText("config", text);
      let count = 0;
      const starts = new Proxy(document.starts, {
        get(lines, key, receiver) {
          count += 1;
          return Reflect.get(lines, key, receiver);
        },
      });
      const credentials = documentOfText("credentials", "");
      const change = { action: "write", profiles: [profileNamed("a")] } as const;
      const plan = planChange({ config: { ...document, starts }, credentials }, locations, change);
      expect(plan.config.after.text).toBe(text + configBlock);
      return count;
    };
    const few = looks(500);
    // Each of the six lines of a section at least once.
    expect(few).toBeGreaterThan(3000);
    expect(looks(2000)).toBeLessThanOrEqual(4 * few);
  });
});

describe("what one AWS tool reads and another does not is refused with its line", () => {
  const cases: [string, string, string, number][] = [
    ["a second end", "", `${goBlock}#e-a\n`, 8],
    [
      "an indented key of letme's below a value",
      "",
      goBlock.replace("#e-a", "mine = 1\n  aws_session_token = x\n#e-a"),
      8,
    ],
    [
      "a carriage return inside the block",
      "",
      goBlock.replace("#e-a", "mine = 1\rmore = 2\n#e-a"),
      7,
    ],
    ["a carriage return behind the end", "", `${goBlock}mine = 1\rmore = 2\n`, 8],
    ["an indented line behind the end", "", `${goBlock}  mine = 1\n`, 8],
  ];
  test.each(cases)("%s", (_, config, credentials, line) => {
    expect(refusal(() => write(config, credentials))).toContain(`:${line}\``);
  });

  test("but not what stands nested below a key without a value", () => {
    const nested = "s3 =\n  aws_session_token = x\n";
    const { credentials } = write("", goBlock.replace("#e-a", `${nested}#e-a`));
    expect(credentials).toBe(credentialsBlock.replace("#e-a", `${nested}#e-a`));
  });
});

test("a region that stands twice in letme's block stands once in the new one", () => {
  const twice = configBlock.replace("output", "region = eu-west-3\noutput");
  expect(write(twice, "").config).toBe(configBlock);
});

describe("what may be written", () => {
  test.each([
    ["a", 200, undefined],
    ["a", 201, "it is longer than 200 characters"],
  ])("a name of %j %i times", (letter, length, problem) => {
    expect(profileNameProblem(letter.repeat(length))).toBe(problem);
  });

  test.each(['"secret', "'secret", ";secret", "#secret", "se cret", ""])(
    "no secret access key %j",
    (secretAccessKey) => {
      const { credentials } = profileNamed("a");
      const profile = profileNamed("a", { credentials: { ...credentials, secretAccessKey } });
      expect(refusal(() => checkProfiles([profile]))).toBe(
        "the aws_secret_access_key of `a` has characters that AWS files cannot hold",
      );
    },
  );
});

test.each<[string, boolean]>([
  ["letme obtain a --v1", true],
  ["letme ob a --v1", true],
  ["letme export a --format process", true],
  ["/opt/bin/letme ob a --v1", true],
  ['"C:\\my tools\\letme.exe" --context x ob a', true],
  ["C:\\bin\\letme.exe export a", true],
  ["letme list", false],
  ["letme obtained a", false],
  ["notletme ob a", false],
  ['"/opt/letme export a', false],
  ["aws-vault export letme", false],
  ["letme", false],
  ["", false],
])("whether the command %j is letme's own: %p", (command, expected) => {
  expect(runsLetme(command)).toBe(expected);
});

test("a line that only begins like letme's header is not taken for it", () => {
  const config = documentOfText(
    "config",
    `[b]\n[profile a] # mine\nrole_arn = x\n${configBlock.replace("output", "sso_session = s\noutput")}`,
  );
  expect(shadowingNotes([config], locations, [profileNamed("a")])).toEqual([
    "/c/config:8: `sso_session` of profile `a` wins over letme's credentials in some AWS tools",
  ]);
});

test.each<[string, string]>([
  [`${"k".repeat(39)} = v`, `${"k".repeat(39)} = ****`],
  [`${"k".repeat(40)} = v`, "****"],
  [`${"k".repeat(40)} =`, "****"],
  [`${"k".repeat(40)}`, "****"],
  ["  nested = v", "****"],
  ["Key = v", "****"],
  ["region = eu-west-1", "region = eu-west-1"],
  ["region = v", "region = ****"],
  ["output = json", "output = json"],
  ["output = v", "output = ****"],
  ["aws_access_key_id =", "aws_access_key_id ="],
  ["# v", "# ****"],
  ["  ; v", "  ; ****"],
  ["#managed by letme", "#managed by letme"],
  ["#s-example1", "#s-example1"],
  ["[profile a]", "[profile a]"],
  ["[profile a] # v", "****"],
  ["", ""],
])("the line %j is shown as %j", (line, shown) => {
  expect(hideSecrets(line)).toBe(shown);
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
