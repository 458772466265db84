import { describe, expect, test } from "bun:test";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { EmbeddedJWK, jwtVerify } from "jose";
import { LetmeError } from "../../src/errors.ts";
import { chooseSource } from "../../src/source/choose.ts";
import { provePossession } from "../../src/source/dpop.ts";
import { type FakeAnswer, fakeNetwork } from "../support/fake-network.ts";
import { loginSessionArn } from "../support/sign-in.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { loginCachePath, ssoCachePath, ssoRole, ssoSession } from "../support/source-homes.ts";
import { testHost } from "../support/test-host.ts";

const now = new Date("2026-11-22T23:00:00Z");
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

/** A machine with one profile, one token file, and services that answer so. */
function setUp(options: {
  readonly config: string;
  readonly path: string;
  readonly token: unknown;
  readonly answer: (operation: string) => FakeAnswer | undefined;
}) {
  const path = `/home/user/${options.path}`;
  const host = testHost({
    env: { AWS_EC2_METADATA_DISABLED: "true", AWS_MAX_ATTEMPTS: "1" },
    files: { "/home/user/.aws/config": options.config, [path]: JSON.stringify(options.token) },
    now,
  });
  const network = fakeNetwork(({ url }) => options.answer(new URL(url).pathname));
  const warnings: string[] = [];
  const context = sourceContextOf({ ...host, network }, { profile: "dev", warnings });
  const readToken = () =>
    JSON.parse(new TextDecoder().decode(host.files.read(path) ?? new Uint8Array()));
  return { context, host, warnings, readToken, urls: () => network.sent.map(({ url }) => url) };
}

async function outcomeOf(context: Parameters<typeof chooseSource>[0]) {
  try {
    return await chooseSource(context, "dev").load();
  } catch (error) {
    if (error instanceof LetmeError) return error;
    throw error;
  }
}

describe("SSO", () => {
  const token = {
    accessToken: "old-access",
    expiresAt: inSeconds(60),
    clientId: "c",
    clientSecret: "client-secret",
    refreshToken: "refresh",
    registrationExpiresAt: inSeconds(3600),
    other: "kept",
  };
  const portal = {
    body: {
      roleCredentials: {
        accessKeyId: "ASIASSO",
        secretAccessKey: "s",
        sessionToken: "t",
        expiration: now.getTime() + 3_600_000,
      },
    },
  };
  const sso = (change: object, oidc: FakeAnswer | undefined) =>
    setUp({
      config: `${ssoSession("corp")}[profile dev]\nsso_session = corp\n${ssoRole}`,
      path: ssoCachePath("corp"),
      token: { ...token, ...change },
      answer: (path) => (path === "/token" ? oidc : portal),
    });

  test("the region's own hosts are asked", async () => {
    const { context, urls } = sso({}, { body: { accessToken: "new", expiresIn: 10 } });
    await outcomeOf(context);
    expect(urls()).toEqual([
      "https://oidc.eu-west-1.amazonaws.com/token",
      "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Developer&account_id=111111111111",
    ]);
  });

  test("a refresh keeps what it does not know, and the refresh token where none came", async () => {
    const { context, readToken } = sso({}, { body: { accessToken: "new", expiresIn: 3600 } });
    await outcomeOf(context);
    const expiresAt = inSeconds(3600).replace(".000", "");
    expect(readToken()).toEqual({ ...token, accessToken: "new", expiresAt });
  });

  test("a refresh clears away what a killed one left", async () => {
    const { context, host } = sso({}, { body: { accessToken: "new", expiresIn: 3600 } });
    const folder = "/home/user/.aws/sso/cache";
    const name = ssoCachePath("corp").split("/").at(-1);
    const kept = [".other.json.letme-4-0123456789.tmp", `.${name}.letme-backup.tmp`];
    for (const left of [`.${name}.letme-4-0123456789.tmp`, ...kept]) {
      host.files.create(`${folder}/${left}`, 0o600).close();
    }
    await outcomeOf(context);
    expect(host.files.list(folder).toSorted()).toEqual([...kept, name ?? ""].toSorted());
  });

  test("where a refresh fails, the old token serves until its end", async () => {
    const refused = { status: 400, body: { error: "invalid_grant" } };
    const alive = sso({}, refused);
    expect(await outcomeOf(alive.context)).not.toBeInstanceOf(LetmeError);
    expect(alive.warnings[0]).toContain("serves until it ends");
    const ended = sso({ expiresAt: inSeconds(-1) }, refused);
    const failure = await outcomeOf(ended.context);
    expect(failure).toMatchObject({ kind: "credentials" });
    expect(ended.urls().length).toBe(1);
  });

  test.each([
    ["a registration that has ended", { registrationExpiresAt: inSeconds(-1) }],
    ["no refresh token", { refreshToken: undefined }],
  ])("%s: no refresh is tried", async (_, change) => {
    const { context, urls } = sso(change, undefined);
    expect(await outcomeOf(context)).not.toBeInstanceOf(LetmeError);
    expect(urls().length).toBe(1);
  });

  test("a token that lasts for ever is kept, with its refresh token, and ends in a year", async () => {
    const body = { accessToken: "new", expiresIn: 1e300, refreshToken: "next" };
    const { context, readToken } = sso({}, { body });
    expect(await outcomeOf(context)).not.toBeInstanceOf(LetmeError);
    expect(readToken()).toMatchObject({ refreshToken: "next", expiresAt: "2027-11-23T23:00:00Z" });
  });

  test.each(["sessionToken", "secretAccessKey", "accessKeyId"])(
    "a reply whose %s has a line end is none",
    async (name) => {
      const { context } = setUp({
        config: `${ssoSession("corp")}[profile dev]\nsso_session = corp\n${ssoRole}`,
        path: ssoCachePath("corp"),
        token: { ...token, expiresAt: inSeconds(3600) },
        answer: () => ({
          body: { roleCredentials: { ...portal.body.roleCredentials, [name]: "SECRET\nX: y" } },
        }),
      });
      const found = await outcomeOf(context);
      expect(found).toBeInstanceOf(LetmeError);
      expect(String(found)).not.toContain("SECRET");
    },
  );

  test("the older form of a moment is understood", async () => {
    const { context, urls } = sso({ expiresAt: "2026-11-23T05:00:00UTC" }, undefined);
    expect(await outcomeOf(context)).not.toBeInstanceOf(LetmeError);
    expect(urls().length).toBe(1);
  });

  test("a cache that cannot be written is a warning", async () => {
    const { context, warnings } = sso({}, { body: { accessToken: "new", expiresIn: 3600 } });
    Object.assign(context.host.files, {
      create: () => {
        throw Object.assign(new Error("no"), { code: "EROFS" });
      },
    });
    const found = await outcomeOf(context);
    expect(found).not.toBeInstanceOf(LetmeError);
    expect(warnings[0]).toMatch(/read-only.*refreshes the SSO token again/);
  });
});

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const dpopKey = pair.privateKey.export({ format: "pem", type: "sec1" }).toString();

describe("login session", () => {
  const token = {
    accessToken: {
      accessKeyId: "ASIALOGIN",
      secretAccessKey: "s",
      sessionToken: "t",
      accountId: "111111111111",
      expiresAt: inSeconds(60),
    },
    clientId: "c",
    refreshToken: "refresh",
    dpopKey,
  };
  const login = (change: object, answer: FakeAnswer | undefined, region = "eu-west-1") =>
    setUp({
      config: `[profile dev]\nlogin_session = ${loginSessionArn}\nregion = ${region}\n`,
      path: loginCachePath,
      token: { ...token, ...change },
      answer: () => answer,
    });
  const denied = (error: string) => ({
    status: 403,
    headers: { "x-amzn-errortype": "AccessDeniedException" },
    body: { error, message: "no" },
  });

  test.each([
    ["eu-west-1", "https://eu-west-1.signin.aws.amazon.com/v1/token"],
    ["us-gov-west-1", "https://us-gov-west-1.signin.amazonaws-us-gov.com/v1/token"],
    ["cn-north-1", "https://cn-north-1.signin.amazonaws.cn/v1/token"],
  ])("the host in %s", async (region, url) => {
    const { context, urls } = login({}, undefined, region);
    await outcomeOf(context);
    expect(urls()).toEqual([url]);
  });

  test("the region of the sign-in counts before the profile's", async () => {
    const { context, urls } = login({ signInRegion: "us-east-2" }, undefined);
    await outcomeOf(context);
    expect(urls()[0]).toContain("//us-east-2.signin");
  });

  test("where a refresh fails, the old credentials serve until their end", async () => {
    const alive = login({}, { status: 503 });
    expect(await outcomeOf(alive.context)).toMatchObject({
      credentials: { accessKeyId: "ASIALOGIN" },
    });
    expect(alive.warnings[0]).toContain("serve until they end");
    const ended = { accessToken: { ...token.accessToken, expiresAt: inSeconds(-1) } };
    const failure = await outcomeOf(login(ended, { status: 503 }).context);
    expect(failure).toMatchObject({ hint: "sign in again: `aws login --profile dev`" });
  });

  test.each([
    ["TOKEN_EXPIRED", /has ended/, /aws login --profile dev/],
    ["USER_CREDENTIALS_CHANGED", /password was changed/, /aws login --profile dev/],
    ["INSUFFICIENT_PERMISSIONS", /may not be renewed/, /signin:CreateOAuth2Token/],
    ["SOMETHING_NEW", /could not be renewed.*SOMETHING_NEW/, /aws login --profile dev/],
  ])("%s stops, though the credentials have a minute left", async (error, message, hint) => {
    const failure = await outcomeOf(login({}, denied(error)).context);
    if (!(failure instanceof LetmeError)) throw new Error("it was found");
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain("/home/user/.aws/config:2");
    expect(failure.hint).toMatch(hint);
    expect(failure.kind).toBe("credentials");
  });

  test.each([
    ["clientId", { clientId: "" }],
    ["refreshToken", { refreshToken: 1 }],
    ["dpopKey", { dpopKey: undefined }],
    [
      "dpopKey",
      {
        accessToken: { ...token.accessToken, expiresAt: inSeconds(-1) },
        dpopKey: "-----BEGIN EC PRIVATE KEY-----\nsecretsecret\n-----END EC PRIVATE KEY-----",
      },
    ],
    ["expiresAt", { accessToken: { ...token.accessToken, expiresAt: "soon" } }],
    ["accessKeyId", { accessToken: { ...token.accessToken, accessKeyId: "" } }],
  ])("a damaged cache file names `%s` and no value", async (name, change) => {
    const { context, urls } = login(change, undefined);
    const failure = await outcomeOf(context);
    if (!(failure instanceof LetmeError)) throw new Error("it was found");
    expect(failure.message).toContain(name);
    expect(failure.message).not.toContain("secretsecret");
    expect(urls()).toEqual([]);
  });

  test("what a refresh gives is used and kept", async () => {
    const keys = { accessKeyId: "ASIANEW", secretAccessKey: "n", sessionToken: "nt" };
    const body = { accessToken: keys, expiresIn: 900, refreshToken: "next" };
    const { context, readToken } = login({ other: "kept" }, { body });
    const expiresAt = inSeconds(900).replace(".000", "");
    expect(await outcomeOf(context)).toMatchObject({ credentials: keys, origin: "profile `dev`" });
    expect(readToken()).toEqual({
      ...token,
      other: "kept",
      accessToken: { ...token.accessToken, ...keys, expiresAt },
      refreshToken: "next",
    });
  });
});

describe("login session, nested or endless", () => {
  const keys = { accessKeyId: "ASIALOGIN", secretAccessKey: "s", sessionToken: "t" };
  const own = { clientId: "c", refreshToken: "refresh", dpopKey };
  const config = `[profile dev]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`;

  test.each(["accessToken", "other"])(
    "a cache file nested too deep in %s is none",
    async (name) => {
      const whole = { ...own, accessToken: { ...keys, expiresAt: inSeconds(60) }, [name]: "DEEP" };
      const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
      const { context, host, urls } = setUp({
        ...{ config, path: loginCachePath, token: {} },
        answer: () => ({ status: 503 }),
      });
      const handle = host.files.create(`/home/user/${loginCachePath}.new`, 0o600);
      handle.write(Buffer.from(JSON.stringify(whole).replace('"DEEP"', deep)));
      handle.close();
      host.files.rename(`/home/user/${loginCachePath}.new`, `/home/user/${loginCachePath}`);
      expect(await outcomeOf(context)).toMatchObject({ kind: "credentials" });
      expect(urls()).toEqual([]);
    },
  );

  const refreshed = (body: object) =>
    setUp({
      ...{ config, path: loginCachePath },
      token: { ...own, accessToken: { ...keys, expiresAt: inSeconds(60) } },
      answer: () => ({ body }),
    });

  test("credentials that last for ever are kept, with the next refresh token", async () => {
    const body = { accessToken: keys, expiresIn: 1e300, refreshToken: "next" };
    const { context, readToken } = refreshed(body);
    expect(await outcomeOf(context)).not.toBeInstanceOf(LetmeError);
    expect(readToken()).toMatchObject({ refreshToken: "next" });
  });

  test("a reply whose token has a line end is none", async () => {
    const accessToken = { ...keys, sessionToken: "SECRET\nX: y" };
    const { context, warnings } = refreshed({ accessToken, expiresIn: 900, refreshToken: "next" });
    expect(await outcomeOf(context)).toMatchObject({ credentials: { sessionToken: "t" } });
    expect(warnings.join()).toContain("does not have what was asked");
    expect(warnings.join()).not.toContain("SECRET");
  });
});

describe("the DPoP proof", () => {
  test.each([
    ["with its public half", dpopKey],
    ["without it", withoutPublicHalf()],
  ])("of a key %s", async (_, pem) => {
    const proof = await provePossession(pem, { method: "POST", url: "https://x/v1/token", now });
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { currentDate: now });
    expect(payload).toEqual({
      jti: expect.any(String),
      htm: "POST",
      htu: "https://x/v1/token",
      iat: now.getTime() / 1000,
    });
    const { x, y } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
    expect(protectedHeader).toEqual({
      typ: "dpop+jwt",
      alg: "ES256",
      jwk: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" },
    });
  });
});

/** The shortest SEC1 form: the version, the secret, the curve (RFC 5915, section 3). */
function withoutPublicHalf(): string {
  const { d = "" } = pair.privateKey.export({ format: "jwk" });
  const curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
  const content = [2, 1, 1, 4, 32, ...Buffer.from(d, "base64url"), ...curve];
  const base64 = Buffer.from([0x30, content.length, ...content]).toString("base64");
  return `-----BEGIN EC PRIVATE KEY-----\n${base64}\n-----END EC PRIVATE KEY-----\n`;
}
