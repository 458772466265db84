import { describe, expect, test } from "bun:test";
import { checkPartitions } from "../../src/aws/partitions.ts";
import { LetmeError } from "../../src/errors.ts";
import { chooseSource } from "../../src/source/choose.ts";
import { fakeNetwork } from "../support/fake-network.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const now = new Date("2026-11-22T23:00:00Z");
const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const keys = "aws_access_key_id = AKIABASE\naws_secret_access_key = s\n";
const issued = `<R><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2026-11-23T00:00:00Z</Expiration></Credentials></R>`;

function setUp(options: {
  readonly config: string;
  readonly credentials?: string;
  readonly printed?: string;
  readonly env?: Readonly<Record<string, string>>;
}) {
  const host = testHost({
    env: { AWS_EC2_METADATA_DISABLED: "true", ...options.env },
    files: {
      "/home/user/.aws/config": options.config,
      "/home/user/.aws/credentials": options.credentials ?? "",
    },
    now,
  });
  const network = fakeNetwork(() => ({ body: issued }));
  const commands: (readonly string[])[] = [];
  const processes = {
    ...host.processes,
    run: async (command: readonly string[]) => {
      commands.push(command);
      return { exitCode: 0, stdout: options.printed ?? "" };
    },
  };
  const asked: string[] = [];
  const context = sourceContextOf(
    { ...host, network, processes },
    {
      tokenCode: (serialNumber) => {
        asked.push(serialNumber);
        return "123456";
      },
    },
  );
  return { context, sent: network.sent, commands, asked };
}

const chain = `[profile one]\nrole_arn = ${role("one")}\nsource_profile = base\nregion = us-west-2\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n[profile two]\nrole_arn = ${role("two")}\nsource_profile = one\nregion = eu-north-1\nexternal_id = x1\nduration_seconds = 1200\n`;

test("each profile's own settings count for its own role", async () => {
  const { context, sent, asked } = setUp({ config: chain, credentials: `[base]\n${keys}` });
  const found = await chooseSource(context, "two").load();
  const forms = sent.map(({ body = "" }) => Object.fromEntries(new URLSearchParams(body)));
  expect(sent.map(({ url }) => url)).toEqual([
    "https://sts.us-west-2.amazonaws.com/",
    "https://sts.eu-north-1.amazonaws.com/",
  ]);
  expect(forms).toEqual([
    {
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role("one"),
      RoleSessionName: "letme-session",
      DurationSeconds: "3600",
      SerialNumber: "arn:aws:iam::111111111111:mfa/me",
      TokenCode: "123456",
    },
    {
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role("two"),
      RoleSessionName: "letme-session",
      DurationSeconds: "1200",
      ExternalId: "x1",
    },
  ]);
  expect(sent[0]?.headers["authorization"]).toContain("Credential=AKIABASE/");
  expect(sent[1]?.headers["authorization"]).toContain("Credential=ASIAROLE/");
  expect(asked).toEqual(["arn:aws:iam::111111111111:mfa/me"]);
  expect(found).toMatchObject({
    kind: "static-keys",
    profiles: ["two", "one", "base"],
    roles: [role("one"), role("two")],
    origin: "profile `two`",
  });
});

test("the same source has the same identity when its keys change", () => {
  const identityWith = (id: string) => {
    const credentials = `[base]\n${keys.replace("AKIABASE", id)}`;
    const printed = JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: "s" });
    const config = `${chain}[profile p]\ncredential_process = /bin/p\n`;
    const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };
    const { context } = setUp({ config, credentials, printed, env });
    return ["base", "two", "p", undefined].map((name) => chooseSource(context, name).identity);
  };
  expect(identityWith("AKIAOLD")).toEqual(identityWith("AKIANEW"));
});

test("the access key id is known without asking anyone, or not at all", async () => {
  const { context, sent, commands } = setUp({
    config: `${chain}[profile p]\ncredential_process = /bin/p\n[profile q]\nrole_arn = ${role("q")}\nsource_profile = p\n[profile e]\nrole_arn = ${role("e")}\ncredential_source = Environment\n[profile lost]\nrole_arn = ${role("l")}\nsource_profile = nowhere\n`,
    credentials: `[base]\n${keys}`,
    env: { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "s" },
  });
  const names = ["base", "one", "two", "p", "q", "e", "lost", undefined];
  const found = names.map((name) => chooseSource(context, name).accessKeyId());
  expect(await Promise.all(found)).toEqual([
    ...["AKIABASE", "AKIABASE", "AKIABASE", undefined, undefined, "AKIAENV", undefined, "AKIAENV"],
  ]);
  expect([sent, commands]).toEqual([[], []]);
});

test("credentials that have ended are not spent a request on", async () => {
  const { context, sent } = setUp({
    config: `[profile p]\ncredential_process = /bin/p\n[profile r]\nrole_arn = ${role("r")}\nsource_profile = p\n`,
    printed: JSON.stringify({
      Version: 1,
      AccessKeyId: "A",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: "2026-11-22T22:59:59Z",
    }),
  });
  const failure = await chooseSource(context, "r")
    .load()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining("profile `p` expired at") });
  expect(sent).toEqual([]);
});

test("a process is run without a shell, its words split as a shell does", async () => {
  const { context, commands } = setUp({
    config: `[profile p]\ncredential_process = "/opt/my tool" --for 'a b' $HOME;ls\n`,
    printed: '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}',
  });
  await chooseSource(context, "p").load();
  expect(commands).toEqual([["/opt/my tool", "--for", "a b", "$HOME;ls"]]);
});

describe("partitions", () => {
  test.each([
    ["eu-west-1", "arn:aws:iam::1:role/r", true],
    ["cn-north-1", "arn:aws-cn:iam::1:role/r", true],
    ["us-gov-west-1", "arn:aws-us-gov:iam::1:role/r", true],
    ["eu-west-1", "arn:aws-cn:iam::1:role/r", false],
    ["us-gov-west-1", "arn:aws:iam::1:role/r", false],
    ["moon-1", "arn:aws-cn:iam::1:role/r", true],
    ["eu-west-1", "GAHT12345678", true],
  ])("%s and %s fit: %p", (region, arn, fit) => {
    const check = () => checkPartitions(region, [{ arn, what: "the role" }]);
    if (fit) expect(check).not.toThrow();
    else expect(check).toThrow(LetmeError);
  });

  test("a role of another partition is refused before any request, MFA included", async () => {
    const config = chain.replaceAll("arn:aws:", "arn:aws-cn:");
    const { context, sent, asked } = setUp({ config, credentials: `[base]\n${keys}` });
    const failure = await chooseSource(context, "two")
      .load()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "configuration" });
    expect([sent, asked]).toEqual([[], []]);
  });
});
