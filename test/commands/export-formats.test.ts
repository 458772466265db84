import { describe, expect, test } from "bun:test";
import type { AccountCredentials } from "../../src/commands/account-credentials.ts";
import {
  defaultFormat,
  type ExportFormat,
  exportFormats,
  renderCredentials,
} from "../../src/commands/export-formats.ts";

const expiration = new Date("2026-11-23T00:22:40Z");
const names = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
];

function account(secretAccessKey: string, sessionToken = "a+b/c=="): AccountCredentials {
  const credentials = { accessKeyId: "ASIA1", secretAccessKey, sessionToken, expiration };
  return { accountName: "a", region: "eu-west-1", credentials };
}

const hostile = [
  "plain/Key+0=",
  "it's",
  "$(touch /tmp/x)`id`",
  '"quoted"',
  "back\\slash\\",
  "a;b|c&d>e<f",
  "!history",
  "*?[x]~",
  "#comment",
  "\\'mixed\"$'",
  "%PATH%",
  "-n",
];

describe.each<[string, readonly string[], ExportFormat]>([
  ["bash", ["bash", "-c"], "env"],
  ["dash", ["dash", "-c"], "env"],
  ["sh of busybox", ["busybox", "sh", "-c"], "env"],
  ["zsh", ["zsh", "-f", "-c"], "env"],
  ["bash, without export", ["bash", "-c"], "env-no-export"],
  ["fish", ["fish", "--no-config", "-c"], "fish"],
])("%s reads back what it was given", (_, shell, format) => {
  test.skipIf(Bun.which(shell[0] ?? "") === null)("hostile values too", () => {
    for (const value of hostile) {
      const text = renderCredentials(account(value, value), format);
      const exporting = format === "env-no-export" ? `export ${names.join(" ")}\n` : "";
      const result = Bun.spawnSync([...shell, `${text}${exporting}env -0`], {
        env: { PATH: process.env["PATH"], HOME: "/nowhere" },
      });
      const read = Object.fromEntries(
        result.stdout
          .toString()
          .split("\0")
          .map((line) => line.split(/=(.*)/s)),
      );
      expect(names.map((name) => read[name])).toEqual([
        ...["ASIA1", value, value, "2026-11-23T00:22:40Z", "eu-west-1", "eu-west-1"],
      ]);
    }
  });
});

test("what needs no quotes has none, as in the AWS CLI's own output", () => {
  expect(renderCredentials(account("plain/Key+0="), "env-no-export")).toBe(
    `AWS_ACCESS_KEY_ID=ASIA1
AWS_SECRET_ACCESS_KEY=plain/Key+0=
AWS_SESSION_TOKEN=a+b/c==
AWS_CREDENTIAL_EXPIRATION=2026-11-23T00:22:40Z
AWS_REGION=eu-west-1
AWS_DEFAULT_REGION=eu-west-1
`,
  );
});

test("PowerShell: every kind of single quote is doubled, nothing else counts", () => {
  expect(renderCredentials(account("a'b\u2019c$d`e\"f"), "powershell")).toContain(
    "$Env:AWS_SECRET_ACCESS_KEY = 'a''b\u2019\u2019c$d`e\"f'\n",
  );
});

test("cmd: what it cannot hold is refused", () => {
  expect(renderCredentials(account("a&b|c^d"), "windows-cmd")).toContain(
    'set "AWS_SECRET_ACCESS_KEY=a&b|c^d"\n',
  );
  for (const value of ["a%b", 'a"b', "a!b"]) {
    expect(() => renderCredentials(account(value), "windows-cmd")).toThrow(
      "AWS_SECRET_ACCESS_KEY has characters",
    );
  }
});

test("process is the JSON that SDKs read", () => {
  expect(JSON.parse(renderCredentials(account('"\\'), "process"))).toEqual({
    Version: 1,
    AccessKeyId: "ASIA1",
    SecretAccessKey: '"\\',
    SessionToken: "a+b/c==",
    Expiration: "2026-11-23T00:22:40Z",
  });
});

test("without a region none is set", () => {
  for (const format of exportFormats) {
    const text = renderCredentials({ ...account("k"), region: undefined }, format);
    expect(text).not.toContain("REGION");
  }
});

test.each<[Record<string, string>, "linux" | "win32", ExportFormat]>([
  [{}, "linux", "env"],
  [{ SHELL: "/bin/zsh" }, "linux", "env"],
  [{ SHELL: "/usr/bin/fish" }, "linux", "fish"],
  [{ SHELL: "/usr/bin/pwsh" }, "linux", "powershell"],
  [{}, "win32", "windows-cmd"],
  [{ PSModulePath: "x" }, "win32", "powershell"],
  [{ PSModulePath: "x", PROMPT: "$P$G" }, "win32", "windows-cmd"],
  [{ SHELL: "C:\\Git\\bin\\bash.exe" }, "win32", "env"],
])("in %j on %s it is %s", (env, platform, format) => {
  expect(defaultFormat({ env, platform })).toBe(format);
});
