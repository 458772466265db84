import { describe, expect, test } from "bun:test";
import { placeForEachTest } from "../support/each-test.ts";
import { type Home, runLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;

placeForEachTest({ key: "name" }, (place) => {
  ({ standIn, home } = place);
});

const environment = () => ({ ...standIn.environment, PATH: process.env["PATH"] ?? "" });
const letme = (...args: string[]) => runLetme(args, { home, environment: environment() });

describe("status", () => {
  test("every profile of letme's, and what has expired goes with --prune", async () => {
    expect((await letme("status")).stderr).toBe("letme has no profiles in your AWS files\n");
    await letme("obtain", "example1");
    await letme("obtain", "example2", "--credential-process");
    const old = "aws_access_key_id = A\naws_secret_access_key = b\naws_session_token = c\n";
    home.write(
      ".aws/credentials",
      `${home.read(".aws/credentials")}#s-old\n#Nov 22, 2020 23:22:40;t\n#expires 2020-11-23T00:22:40Z chain 5f0c2a91\n[old]\n${old}#e-old\n#s-go\n#Nov 22, 2020 23:22:40;t\n[go]\n${old}#e-go\n`,
    );
    const { stdout } = await letme("status");
    expect(stdout).toMatch(/^PROFILE: +ACCOUNT: +REGION: +CONTEXT: +LEFT:$/m);
    expect(stdout).toMatch(/^example1 +000000000001 +eu-west-1 +general +(59m|1h)$/m);
    expect(stdout).toMatch(/^example2 +000000000002 +us-east-1 +general +on demand$/m);
    expect(stdout).toMatch(/^go +- +- +- +unknown$/m);
    expect(stdout).toMatch(/^old +- +- +- +expired$/m);
    const { items } = JSON.parse((await letme("status", "-o", "json")).stdout);
    expect(items[0]).toEqual({
      name: "example1",
      account: "000000000001",
      context: "general",
      region: "eu-west-1",
      state: "valid",
      expiration: expect.stringMatching(/Z$/),
      secondsLeft: expect.any(Number),
      credentialsFile: home.awsCredentials,
      configFile: home.awsConfig,
    });
    const before = home.read(".aws/credentials") ?? "";
    const preview = await letme("status", "--prune", "--dry-run");
    expect(preview.stdout).toMatch(/^-\[old\]$/m);
    expect(preview.stdout).not.toMatch(/^-\[(go|example)/m);
    expect(home.read(".aws/credentials")).toBe(before);
    expect((await letme("status", "--dry-run")).exitCode).toBe(2);
    const pruned = await letme("status", "--prune");
    expect(pruned.stderr).toContain("Removed what had expired: old");
    expect(pruned.stdout).not.toMatch(/^old/m);
    expect(home.read(".aws/credentials")).not.toContain("[old]");
    expect(home.read(".aws/credentials")).toContain("[go]");
    expect((await letme("status", "--prune")).stderr).toContain(
      "No profile of letme's has expired",
    );
  });
});

describe("--prune leaves what is not surely letme's", () => {
  const keys = "aws_access_key_id = A\naws_secret_access_key = b\naws_session_token = c\n";
  const block = (name: string) =>
    `#s-${name}\n#expires 2020-11-23T00:22:40Z chain 5f0c2a91\n[${name}]\n${keys}#e-${name}\n`;
  let own = "";

  const settle = (config: string, credentials: string) => {
    own = home.read(".aws/credentials") ?? "";
    home.write(".aws/credentials", own + credentials);
    home.write(".aws/config", config);
  };

  test("removes the rest, warns of each and says so by its exit code", async () => {
    const config = "[profile mine]\nregion = eu-west-1\n#s-odd\n[profile odd]\nregion = x\n";
    const tail = `${block("tail")}cli_pager =\n`;
    settle(config, block("gone") + block("mine") + block("odd") + tail);
    const preview = await letme("status", "--prune", "--dry-run");
    expect(preview.exitCode).toBe(1);
    expect(preview.stdout).toMatch(/^-\[gone\]$/m);
    expect(preview.stdout).not.toMatch(/^-\[(mine|odd|tail)\]$/m);
    const { exitCode, stdout, stderr } = await letme("status", "--prune");
    for (const text of [preview.stderr, stderr]) {
      expect(text).toContain(
        `warning: \`mine\` stays: profile \`mine\` in \`${home.awsConfig}:1\``,
      );
      expect(text).toContain("warning: `odd` stays: cannot tell");
      expect(text).toMatch(/^warning: `tail` stays: .*credentials:\d+` belongs to profile `tail`/m);
      expect(text).toContain("letme: expired, and not removed: `mine`, `odd`, `tail`\nhint: ");
    }
    expect(stderr).toContain("Removed what had expired: gone\n");
    expect(stdout).toMatch(/^mine .* expired$/m);
    expect(exitCode).toBe(1);
    expect(home.read(".aws/config")).toBe(config);
    expect(home.read(".aws/credentials")).toBe(own + block("mine") + block("odd") + tail);
  });

  test("also where nothing else has expired", async () => {
    settle("[profile mine]\nregion = eu-west-1\n", block("mine"));
    const { exitCode, stderr } = await letme("status", "--prune");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("letme: expired, and not removed: `mine`\n");
    expect(stderr).not.toContain("No profile");
    expect(home.read(".aws/credentials")).toBe(own + block("mine"));
  });
});

test("a moment that no calendar has counts for nothing", async () => {
  home.write(
    ".aws/credentials",
    `${home.read(".aws/credentials")}#s-odd\n#Feb 31, 2026 10:00:00;t\n#expires 2126-02-31T00:00:00Z chain 5f0c2a91\n[odd]\naws_access_key_id = A\naws_secret_access_key = b\naws_session_token = c\n#e-odd\n`,
  );
  const { otherProfiles } = JSON.parse((await letme("list", "-o", "json")).stdout);
  expect(otherProfiles).toEqual([
    {
      name: "odd",
      region: null,
      local: {
        lastObtained: null,
        expiration: null,
        credentialsFile: home.awsCredentials,
        configFile: null,
      },
    },
  ]);
  expect((await letme("status")).stdout).toMatch(/^odd .* unknown$/m);
});
