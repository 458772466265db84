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
