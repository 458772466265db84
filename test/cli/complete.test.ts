import { describe, expect, test } from "bun:test";
import { complete, type NameSearch } from "../../src/cli/complete.ts";
import { commands } from "../../src/commands/index.ts";

const names: NameSearch = async (kind, given) => {
  const context = given("context");
  return {
    account: context === undefined ? ["example1", "prod-8"] : [`${context}-account`],
    profile: ["example1", "written"],
    "aws-profile": ["default", "mine"],
    context: ["general", "staging"],
  }[kind];
};

/** The words at the cursor of a line, which ends it; `files` where it is a file's name. */
async function at(line: string): Promise<readonly string[] | "files"> {
  const words = line.split(" ");
  const current = words.pop() ?? "";
  const found = await complete(commands, words, current, names);
  return found.kind === "files" ? "files" : found.candidates.map(({ text }) => text);
}

describe("a word at the cursor", () => {
  test.each<[string, readonly string[] | "files"]>([
    ["ob", ["obtain"]],
    ["help ob", ["obtain"]],
    ["help obtain ", []],
    ["nothing ", []],
    ["obtain ", ["example1", "prod-8"]],
    ["ob ex", ["example1"]],
    ["obtain example1 pr", ["prod-8"]],
    ["-q obtain pr", ["prod-8"]],
    ["obtain -- pr", ["prod-8"]],
    ["obtain --context staging ", ["staging-account"]],
    ["-c staging obtain ", ["staging-account"]],
    ["obtain -cstaging ", ["staging-account"]],
    ["-qc staging obtain ", ["staging-account"]],
    ["obtain --context=staging ", ["staging-account"]],
    ["obtain --profile ", ["example1", "written"]],
    ["obtain -d ", []],
    ["obtain -rd 1h pr", ["prod-8"]],
    ["remove w", ["written"]],
    ["list ", []],
    ["list --lo", ["--local"]],
    ["list --local --lo", []],
    ["list --filter a --fil", ["--filter"]],
    ["list --output ", ["text", "json"]],
    ["list -o j", ["json"]],
    ["list --output=j", ["--output=json"]],
    ["list --local=", []],
    ["list --source-profile m", ["mine"]],
    ["list --registry-file ", "files"],
    ["list --registry-file=x", "files"],
    ["list --no-such-option ", []],
    ["config sw", ["switch-context"]],
    ["config switch-context s", ["staging"]],
    ["config switch-context staging ", []],
    ["config new-context ", []],
    ["config show ", []],
    ["session ", ["clear"]],
    ["completion ", ["bash", "zsh", "fish", "powershell"]],
    ["completion bash ", []],
    ["exec ", ["example1", "prod-8"]],
    ["exec -- ex", ["example1"]],
    ["exec example1 --reg", ["--region", "--registry-file"]],
    ["exec example1 -- --reg", "files"],
    ["exec example1 make ", "files"],
    ["exec example1 make --reg", "files"],
  ])("letme %s", async (line, expected) => {
    expect(await at(line)).toEqual(expected);
  });

  test("every command and every option of it is found", async () => {
    expect(await at("")).toEqual([...commands.map(({ name }) => name), "help"]);
    for (const entry of commands) {
      const { options } = await entry.load();
      expect(await at(`${entry.name} --`)).toEqual(
        expect.arrayContaining(options.map(({ long }) => `--${long[0]}`)),
      );
    }
  });
});
