import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { containerSource } from "../../src/source/container.ts";
import { instanceSource } from "../../src/source/instance.ts";
import { type FakeAnswer, fakeNetwork } from "../support/fake-network.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const now = new Date("2026-11-22T23:00:00Z");
const keys = {
  AccessKeyId: "ASIATASK",
  SecretAccessKey: "secret",
  Token: "token",
  Expiration: "2026-11-23T01:00:00Z",
};

function setUp(
  env: Readonly<Record<string, string>>,
  answer: Parameters<typeof fakeNetwork>[0],
  files: Readonly<Record<string, string>> = {},
) {
  const network = fakeNetwork(answer);
  const lines: string[] = [];
  const host = { ...testHost({ env, files, now }), network };
  return { context: sourceContextOf(host, { lines }), sent: network.sent, lines };
}

async function failureOf(source: Promise<unknown>): Promise<LetmeError> {
  const error = await source.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LetmeError) return error;
  throw new Error("no LetmeError", { cause: error });
}

describe("container", () => {
  const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/abc?id=1" };

  test("the relative address beats the full one, and goes past every proxy", async () => {
    const env = { ...relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/x" };
    const { context, sent, lines } = setUp(env, () => ({ body: keys }));
    const found = await containerSource(context);
    expect(found?.credentials).toEqual({
      accessKeyId: "ASIATASK",
      secretAccessKey: "secret",
      sessionToken: "token",
      expiration: new Date("2026-11-23T01:00:00Z"),
    });
    expect(sent.map(({ url, direct }) => [url, direct])).toEqual([
      ["http://169.254.170.2/v2/credentials/abc?id=1", true],
    ]);
    // The path is as good as a key in some set-ups.
    expect(lines.join()).not.toContain("abc");
  });

  test.each([
    ["https://credentials.example.com/x", true],
    ["http://127.8.9.1:80/x", true],
    ["http://localhost:1234/x", true],
    ["http://[::1]/x", true],
    ["http://169.254.170.23/v1/credentials", true],
    ["http://[fd00:ec2::23]/v1/credentials", true],
    ["http://169.254.169.254/x", false],
    ["http://127.0.0.1.example.com/x", false],
    ["http://localhost.example.com/x", false],
    ["http://10.0.0.1/x", false],
    ["ftp://127.0.0.1/x", false],
    ["nothing", false],
  ])("%s is allowed: %p", async (address, allowed) => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: address };
    const { context, sent } = setUp(env, () => ({ body: keys }));
    if (allowed) expect((await containerSource(context))?.kind).toBe("container");
    else expect((await failureOf(containerSource(context))).kind).toBe("configuration");
    expect(sent.length).toBe(allowed ? 1 : 0);
  });

  test("a relative address cannot lead to another host", async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "@example.com/x" };
    const { context, sent } = setUp(env, () => ({ body: keys }));
    expect((await failureOf(containerSource(context))).kind).toBe("configuration");
    expect(sent).toEqual([]);
  });

  test("three tries where nobody answers or the server fails, one where it refuses", async () => {
    const answers: readonly (readonly [FakeAnswer | undefined, number])[] = [
      [undefined, 3],
      [{ status: 500 }, 3],
      [{ status: 403 }, 1],
    ];
    for (const [answer, tries] of answers) {
      const { context, sent } = setUp(relative, () => answer);
      expect((await failureOf(containerSource(context))).kind).toBe("credentials");
      expect(sent.length).toBe(tries);
    }
  });

  test("the token's file is read again for each try", async () => {
    const env = { ...relative, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token" };
    let read = 0;
    const { context, sent } = setUp(env, (_, number) =>
      number === 1 ? { status: 500 } : { body: keys },
    );
    const files = {
      ...context.host.files,
      read: () => new TextEncoder().encode(`token-${++read}`),
    };
    await containerSource({ ...context, host: { ...context.host, files } });
    expect(sent.map(({ headers }) => headers["authorization"])).toEqual(["token-1", "token-2"]);
  });

  test.each(["a\r\nx: y", "a\n", "a\rb"])(
    "a token with a line end is not sent: %j",
    async (token) => {
      const env = { ...relative, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token" };
      const { context, sent } = setUp(env, () => ({ body: keys }), { "/token": token });
      expect((await failureOf(containerSource(context))).message).toContain("line end");
      expect(sent).toEqual([]);
    },
  );

  test("not configured", async () => {
    const { context } = setUp({}, () => undefined);
    expect(await containerSource(context)).toBeUndefined();
  });
});

describe("instance", () => {
  const answers =
    (document: unknown, role = "web") =>
    ({ url }: { readonly url: string }): FakeAnswer => {
      if (url.endsWith("/api/token")) return { body: "session" };
      return url.endsWith("/security-credentials/") ? { body: role } : { body: document };
    };

  test("a session, the role, its credentials: one try each, past every proxy", async () => {
    const { context, sent, lines } = setUp({}, answers({ Code: "Success", ...keys }));
    const found = await instanceSource(context);
    expect(found?.origin).toBe("the instance's role `web`");
    expect(
      sent.map(({ method, url, timeoutMilliseconds, direct }) => [
        method,
        url,
        timeoutMilliseconds,
        direct,
      ]),
    ).toEqual([
      ["PUT", "http://169.254.169.254/latest/api/token", 1000, true],
      ["GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/", 1000, true],
      ["GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/web", 1000, true],
    ]);
    expect(sent[1]?.headers).toEqual({ "x-aws-ec2-metadata-token": "session" });
    expect(lines.join()).not.toContain("session,");
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["IPv6", { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv6" }, "http://[fd00:ec2::254]"],
    [
      "an address of one's own first",
      {
        AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv6",
        AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:8080/",
      },
      "http://127.0.0.1:8080",
    ],
  ])("%s", async (_, env, start) => {
    const { context, sent } = setUp(env, () => undefined);
    expect(await instanceSource(context)).toBeUndefined();
    expect(sent.map(({ url }) => url)).toEqual([`${start}/latest/api/token`]);
  });

  test("the address that the profile in use sets", async () => {
    const network = fakeNetwork(() => undefined);
    const files = {
      "/home/user/.aws/config":
        "[profile meta]\nec2_metadata_service_endpoint = http://127.0.0.1:8080\n",
    };
    const host = { ...testHost({ env: {}, files, now }), network };
    await instanceSource(sourceContextOf(host, { profile: "meta" }));
    expect(network.sent.map(({ url }) => url)).toEqual(["http://127.0.0.1:8080/latest/api/token"]);
  });

  test("switched off, nothing is asked", async () => {
    const { context, sent } = setUp({ AWS_EC2_METADATA_DISABLED: "TRUE" }, () => undefined);
    expect(await instanceSource(context)).toBeUndefined();
    expect(sent).toEqual([]);
  });

  test("no role is no source", async () => {
    const { context } = setUp({}, ({ method }) =>
      method === "PUT" ? { body: "session" } : { status: 404 },
    );
    expect(await instanceSource(context)).toBeUndefined();
  });

  test("a refusal with status 200 is one", async () => {
    const { context } = setUp({}, answers({ Code: "AssumeRoleUnauthorizedAccess", Message: "m" }));
    const failure = await failureOf(instanceSource(context));
    expect(failure.message).toContain("`web` cannot be had: AssumeRoleUnauthorizedAccess");
    expect(failure.kind).toBe("credentials");
  });

  test("past their end they still serve, as AWS extends them", async () => {
    const past = { Code: "Success", ...keys, Expiration: "2026-11-22T22:00:00Z" };
    const { context } = setUp({}, answers(past));
    expect((await instanceSource(context))?.credentials.expiration).toBeUndefined();
  });

  test("a mode that is none", async () => {
    const { context } = setUp({ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "ipx" }, () => undefined);
    expect((await failureOf(instanceSource(context))).kind).toBe("configuration");
  });
});
