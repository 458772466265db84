import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { chooseSource, sourceRegion } from "../../src/source/choose.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const credentials = "/home/user/.aws/credentials";
const config = "/home/user/.aws/config";

interface SetUp {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly profile?: string;
}

function contextOf(setUp: SetUp) {
  const env = { AWS_EC2_METADATA_DISABLED: "true", ...setUp.env };
  return sourceContextOf(testHost({ ...setUp, env, now: new Date("2026-11-22T23:00:00Z") }));
}

async function failureOf(setUp: SetUp): Promise<LetmeError> {
  try {
    await chooseSource(contextOf(setUp), setUp.profile).load();
  } catch (error) {
    if (error instanceof LetmeError) return error;
    throw error;
  }
  throw new Error("it was found");
}

const inEnvironment = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "e" };
const twoProfiles = {
  [credentials]:
    "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = d\n[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = o\naws_session_token = t\n",
};

describe("which source counts", () => {
  test.each<[string, SetUp, string, string]>([
    [
      "the environment first",
      { env: inEnvironment, files: twoProfiles },
      "AKIAENV",
      "the environment",
    ],
    ["default where nothing is named", { files: twoProfiles }, "AKIADEFAULT", "profile `default`"],
    [
      "AWS_PROFILE",
      { env: { AWS_PROFILE: "other" }, files: twoProfiles },
      "AKIAOTHER",
      "profile `other`",
    ],
    [
      "a named profile before the environment",
      { env: inEnvironment, files: twoProfiles, profile: "other" },
      "AKIAOTHER",
      "profile `other`",
    ],
    [
      "a blank variable is unset",
      { env: { AWS_ACCESS_KEY_ID: " " }, files: twoProfiles },
      "AKIADEFAULT",
      "profile `default`",
    ],
    [
      "keys in the config file",
      {
        files: { [config]: "[profile c]\naws_access_key_id = AKIAC\naws_secret_access_key = c\n" },
        profile: "c",
      },
      "AKIAC",
      "profile `c`",
    ],
  ])("%s", async (_, setUp, accessKeyId, origin) => {
    const found = await chooseSource(contextOf(setUp), setUp.profile).load();
    expect(found.credentials.accessKeyId).toBe(accessKeyId);
    expect(found.origin).toBe(origin);
  });

  test("the session token comes along, under its old name too", async () => {
    const env = { ...inEnvironment, AWS_SECURITY_TOKEN: "old" };
    expect(
      (await chooseSource(contextOf({ env }), undefined).load()).credentials.sessionToken,
    ).toBe("old");
    const setUp = { files: twoProfiles };
    expect((await chooseSource(contextOf(setUp), "other").load()).credentials.sessionToken).toBe(
      "t",
    );
  });
});

test.each<[string, SetUp, RegExp, RegExp]>([
  ["nothing anywhere", {}, /no AWS credentials to start from/, /aws_source_profile/],
  [
    "half of the environment",
    { env: { AWS_ACCESS_KEY_ID: "A" } },
    /`AWS_SECRET_ACCESS_KEY` is missing/,
    /both/,
  ],
  [
    "a line feed in a key",
    { env: { AWS_ACCESS_KEY_ID: "A\nB", AWS_SECRET_ACCESS_KEY: "s" } },
    /characters in them that no key has/,
    /quotes/,
  ],
  [
    "expired ones",
    { env: { ...inEnvironment, AWS_CREDENTIAL_EXPIRATION: "2026-11-22T22:59:59Z" } },
    /expired at 2026-11-22T22:59:59/,
    /get new ones/,
  ],
  [
    "an unknown profile",
    { files: twoProfiles, profile: "othr" },
    /no profile `othr`/,
    /did you mean `other`/,
  ],
  [
    "a quoted key",
    {
      files: { [credentials]: '[q]\naws_access_key_id = "A B"\naws_secret_access_key = s\n' },
      profile: "q",
    },
    /keys of profile `q`/,
    /quotes/,
  ],
])("refused: %s", async (_, setUp, message, hint) => {
  const failure = await failureOf(setUp);
  expect(failure.kind).toBe("credentials");
  expect(failure.message).toMatch(message);
  expect(failure.hint).toMatch(hint);
});

test("the region: the profile's, AWS_REGION, AWS_DEFAULT_REGION", () => {
  const files = { [config]: "[default]\nregion = eu-west-1\n[profile none]\noutput = json\n" };
  const env = { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" };
  const regionOf = (setUp: SetUp) => {
    const { host, sharedFiles } = contextOf(setUp);
    return sourceRegion(host, sharedFiles, setUp.profile);
  };
  expect(regionOf({ files, env })).toBe("eu-west-1");
  expect(regionOf({ files, env, profile: "none" })).toBe("eu-west-2");
  expect(regionOf({ env: { AWS_DEFAULT_REGION: "eu-west-3" } })).toBe("eu-west-3");
  expect(regionOf({ env: { AWS_REGION: " ", AWS_DEFAULT_REGION: "eu-west-3" } })).toBe("eu-west-3");
  expect(regionOf({})).toBeUndefined();
});

test("a profile's region `local` is no word of the user's, a variable's is", () => {
  const files = { [config]: "[default]\nregion = local\n" };
  expect(() => contextOf({ files, env: { AWS_REGION: "eu-west-1" } })).toThrow(
    /profile `default` \(.*config:2\) has the region `local`/,
  );
  const said = contextOf({ env: { AWS_REGION: "local" } });
  expect(sourceRegion(said.host, said.sharedFiles, undefined)).toBe("local");
});
