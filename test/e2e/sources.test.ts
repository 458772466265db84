import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { region, table, user } from "../support/organisation.ts";
import { type Home, newHome, runLetme } from "../support/run-letme.ts";
import { loginSessionArn } from "../support/sign-in.ts";
import {
  loginCachePath,
  printer,
  signInToSso,
  signInWithLogin,
  ssoCachePath,
  ssoRole,
  ssoSession,
  startUrl,
} from "../support/source-homes.ts";
import {
  externalId,
  keysOfUser,
  ownRoles,
  type SourceWorld,
  startSourceWorld,
  webToken,
} from "../support/source-world.ts";

let world: SourceWorld;
let home: Home;

beforeEach(async () => {
  world = await startSourceWorld();
  home = newHome();
  home.write(
    ".letme/letme-config",
    `[general]\naws_source_profile_region = "${region}"\ndynamodb_table = "${table}"\n`,
  );
});
afterEach(async () => {
  await world.stop();
  home.dispose();
});

/** Nothing listens there: whoever sends a metadata request through a proxy fails. */
const deadProxy = { HTTP_PROXY: "http://127.0.0.1:9", http_proxy: "http://127.0.0.1:9" };

interface Way {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The source profile; the un-named chain where there is none. */
  readonly profile?: string;
  /** What `whoami -o json` says. */
  readonly source: string;
  readonly arn: string | RegExp;
  readonly profiles: readonly string[];
  readonly roles?: readonly string[];
}

const session = (role: string) => `arn:aws:sts::111111111111:assumed-role/${role}/session`;
const assumed = (role: string, name = "letme-session") =>
  `arn:aws:sts::111111111111:assumed-role/${role}/${name}`;

const ways: Readonly<Record<string, () => Way | Promise<Way>>> = {
  "static keys": () => ({
    credentials: `[base]\n${keysOfUser}`,
    profile: "base",
    source: "static-keys",
    arn: user.arn,
    profiles: ["base"],
  }),
  environment: () => ({
    env: { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey },
    source: "environment",
    arn: user.arn,
    profiles: [],
  }),
  "a role of a source profile": () => ({
    credentials: `[base]\n${keysOfUser}`,
    config: `[profile dev]\nrole_arn = ${ownRoles.external}\nsource_profile = base\nexternal_id = ${externalId}\nrole_session_name = alice\nduration_seconds = 1800\n`,
    profile: "dev",
    source: "static-keys",
    arn: assumed("external", "alice"),
    profiles: ["dev", "base"],
    roles: [ownRoles.external],
  }),
  "two roles, one after the other": () => ({
    credentials: `[base]\n${keysOfUser}`,
    config: `[profile one]\nrole_arn = ${ownRoles.base}\nsource_profile = base\n[profile two]\nrole_arn = ${ownRoles.second}\nsource_profile = one\n`,
    profile: "two",
    source: "static-keys",
    arn: assumed("second"),
    profiles: ["two", "one", "base"],
    roles: [ownRoles.base, ownRoles.second],
  }),
  "a role with MFA": () => ({
    credentials: `[base]\n${keysOfUser}`,
    config: `[profile dev]\nrole_arn = ${ownRoles.guarded}\nsource_profile = base\nmfa_serial = ${user.mfaSerial}\n`,
    env: { LETME_MFA_TOKEN: world.standIn.currentCode(user.mfaSerial) },
    profile: "dev",
    source: "static-keys",
    arn: assumed("guarded"),
    profiles: ["dev", "base"],
    roles: [ownRoles.guarded],
  }),
  "a role with the environment's keys": () => ({
    config: `[profile dev]\nrole_arn = ${ownRoles.base}\ncredential_source = Environment\n`,
    env: { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey },
    profile: "dev",
    source: "environment",
    arn: assumed("base"),
    profiles: ["dev"],
    roles: [ownRoles.base],
  }),
  "a role with the container's credentials": () => ({
    config: `[profile dev]\nrole_arn = ${ownRoles.base}\ncredential_source = EcsContainer\n`,
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: world.services.containerUrl },
    profile: "dev",
    source: "container",
    arn: assumed("base"),
    profiles: ["dev"],
    roles: [ownRoles.base],
  }),
  "web identity of a profile": () => ({
    config: `[profile ci]\nrole_arn = ${ownRoles.federated}\nweb_identity_token_file = ${home.write("token", `${webToken}\n`)}\nrole_session_name = job-7\n`,
    profile: "ci",
    source: "web-identity",
    arn: assumed("federated", "job-7"),
    profiles: ["ci"],
    roles: [ownRoles.federated],
  }),
  "web identity of the environment": () => ({
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: home.write("token", webToken),
      AWS_ROLE_ARN: ownRoles.federated,
      AWS_ROLE_SESSION_NAME: "job-8",
    },
    source: "web-identity",
    arn: assumed("federated", "job-8"),
    profiles: [],
    roles: [ownRoles.federated],
  }),
  "SSO with a session": () => {
    signInToSso(home, world.services, { of: "corp", secondsLeft: 3600 });
    return {
      config: `${ssoSession("corp")}[profile dev]\nsso_session = corp\n${ssoRole}`,
      profile: "dev",
      source: "sso",
      arn: session("Developer"),
      profiles: ["dev"],
    };
  },
  "SSO with a refresh": () => {
    signInToSso(home, world.services, { of: "corp", secondsLeft: -60 });
    return {
      config: `${ssoSession("corp")}[profile dev]\nsso_session = corp\n${ssoRole}`,
      profile: "dev",
      source: "sso",
      arn: session("Developer"),
      profiles: ["dev"],
    };
  },
  "SSO in the legacy form": () => {
    signInToSso(home, world.services, { of: startUrl, secondsLeft: 3600 });
    return {
      config: `[profile dev]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n${ssoRole}`,
      profile: "dev",
      source: "sso",
      arn: session("Developer"),
      profiles: ["dev"],
    };
  },
  "login session": async () => {
    await signInWithLogin(home, world.services, 800);
    return {
      config: `[profile dev]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`,
      profile: "dev",
      source: "login-session",
      arn: session("Console"),
      profiles: ["dev"],
    };
  },
  "login session with a refresh": async () => {
    await signInWithLogin(home, world.services, 60);
    return {
      config: `[default]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`,
      source: "login-session",
      arn: session("Console"),
      profiles: ["default"],
    };
  },
  credential_process: () => {
    const text = JSON.stringify({
      Version: 1,
      AccessKeyId: user.accessKeyId,
      SecretAccessKey: user.secretAccessKey,
    });
    return {
      config: `[profile vault]\ncredential_process = ${printer(home, "give keys", text)}\n`,
      profile: "vault",
      source: "credential-process",
      arn: user.arn,
      profiles: ["vault"],
    };
  },
  container: () => {
    world.services.container.authorization = "Bearer pod-token";
    world.services.container.failures.push({ status: 500, headers: {}, body: "" });
    return {
      env: {
        ...deadProxy,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: world.services.containerUrl,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: home.write("pod-token", "Bearer pod-token"),
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "passed over",
      },
      source: "container",
      arn: session("Task"),
      profiles: [],
    };
  },
  instance: () => ({
    env: {
      ...deadProxy,
      NO_PROXY: "127.0.0.2",
      AWS_EC2_METADATA_DISABLED: "false",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: world.services.instanceUrl,
    },
    source: "instance-metadata",
    arn: session("web-server"),
    profiles: [],
  }),
};

async function prepare(name: string): Promise<Way & { args: readonly string[] }> {
  const way = await ways[name]?.();
  if (way === undefined) throw new Error(`no way ${name}`);
  if (way.config !== undefined) home.write(".aws/config", way.config);
  if (way.credentials !== undefined) home.write(".aws/credentials", way.credentials);
  return { ...way, args: way.profile === undefined ? [] : ["--source-profile", way.profile] };
}

const letme = (way: Way, ...args: string[]) =>
  // The stand-ins speak http, so a proxy that is set would get STS's requests too.
  runLetme(args, {
    home,
    environment: { ...world.environment, ...(way.env ?? {}), ...passProxy(way) },
  });

/** Only what is asked of the metadata services must find its own way past the proxy. */
function passProxy(way: Way): Readonly<Record<string, string>> {
  if (way.env?.["HTTP_PROXY"] === undefined) return {};
  const ports = [world.standIn.sts.port, world.standIn.dynamodb.port];
  return { NO_PROXY: ports.map((port) => `127.0.0.1:${port}`).join(",") };
}

describe.each(Object.keys(ways))("%s", (name) => {
  test("obtain and whoami", async () => {
    const way = await prepare(name);
    const whoami = await letme(way, "whoami", "-o", "json", ...way.args);
    expect(whoami.stderr).toBe(name === "credential_process" ? "asking the vault\n" : "");
    expect(whoami.exitCode).toBe(0);
    expect(JSON.parse(whoami.stdout)).toEqual({
      account: "111111111111",
      arn: way.arn,
      userId: expect.any(String),
      source: way.source,
      profiles: way.profiles,
      roles: way.roles ?? [],
      expiration: way.arn === user.arn ? null : expect.stringMatching(/^\d{4}-.*Z$/),
      secondsLeft: way.arn === user.arn ? null : expect.any(Number),
    });
    const env =
      name === "a role with MFA" && way.env !== undefined
        ? { ...way.env, LETME_MFA_TOKEN: nextCode() }
        : way.env;
    const obtained = await letme(
      { ...way, ...(env === undefined ? {} : { env }) },
      "obtain",
      "example1",
      ...way.args,
    );
    expect(obtained.stderr).toContain("[1/1] arn:aws:iam::000000000001:role/role0");
    expect(obtained.exitCode).toBe(0);
    const made = await letme({ ...way, env: {} }, "whoami", "example1");
    expect(made.stdout).toContain(
      "ARN:       arn:aws:sts::000000000001:assumed-role/role0/example1-letme-session\n",
    );
    expect(made.stdout).toMatch(/^Profiles: {2}example1$/m);
    expect(made.stdout).toMatch(/^Time left: (59m|1h), until \d{4}-.*Z$/m);

    // What is kept needs nothing of the source: no request, no program that is run, no code.
    const requests = () => [world.standIn.log.entries.length, world.services.asked.length];
    const before = requests();
    for (const more of [[], ["--dry-run"]]) {
      const kept = await letme(way, "obtain", "example1", ...more, ...way.args);
      expect(kept.stderr).not.toContain("asking the vault");
      expect(kept.stderr).toMatch(/still valid/);
      expect(kept.exitCode).toBe(0);
    }
    expect(requests()).toEqual(before);
    const toExport = ["export", "example1", "--session-name", "for-a-program", ...way.args];
    const first = await letme(way, ...toExport);
    const between = requests();
    const again = await letme(way, ...toExport);
    expect(again).toMatchObject({ exitCode: 0, stdout: first.stdout, stderr: "" });
    expect(requests()).toEqual(between);
  });

  test("no secret gets out", async () => {
    const way = await prepare(name);
    const runs = [
      await letme(way, "whoami", "--debug", ...way.args),
      await letme({ ...way, env: withFreshCode(way) }, "list", "--debug", ...way.args),
      await letme(
        { ...way, env: withFreshCode(way, 1) },
        "obtain",
        "example1",
        "--debug",
        ...way.args,
      ),
    ];
    const written = runs.map(({ stdout, stderr }) => stdout + stderr).join("");
    expect(runs[0]?.stderr).toContain("debug: ");
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const own = readdirSync(join(home.path, ".letme"))
      .map((file) => readFileSync(join(home.path, ".letme", file), "utf8"))
      .join("");
    const secrets = [...world.services.secrets, "Bearer pod-token", "passed over"];
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) {
      expect(written.includes(secret)).toBe(false);
      expect(own.includes(secret)).toBe(false);
      expect(written.includes(encodeURIComponent(secret))).toBe(false);
    }
  });
});

/** The code of the step to come, which counts too: each code is good once. */
function nextCode(steps = 1): string {
  world.standIn.clock.advance(steps * 30_000);
  return world.standIn.currentCode(user.mfaSerial);
}

function withFreshCode(way: Way, steps = 1): Readonly<Record<string, string>> {
  if (way.env?.["LETME_MFA_TOKEN"] === undefined) return way.env ?? {};
  return { ...way.env, LETME_MFA_TOKEN: nextCode(steps) };
}

describe("tokens that are refreshed", () => {
  test("the SSO token goes back into the cache, once, for its user alone", async () => {
    const way = await prepare("SSO with a refresh");
    const before = JSON.parse(home.read(ssoCachePath("corp")) ?? "");
    expect((await letme(way, "whoami", ...way.args)).exitCode).toBe(0);
    expect((await letme(way, "whoami", ...way.args)).exitCode).toBe(0);
    expect(world.services.asked).toEqual(["oidc POST", "sso GET", "sso GET"]);
    const after = JSON.parse(home.read(ssoCachePath("corp")) ?? "");
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(world.services.identityCenter.refreshTokens.has(after.refreshToken)).toBe(true);
    expect(Date.parse(after.expiresAt)).toBeGreaterThan(Date.now() + 7 * 3_600_000);
    expect(statSync(join(home.path, ssoCachePath("corp"))).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home.path, ".aws/sso/cache"))).toHaveLength(1);
  });

  test("the login session's refresh token rotates, and several at once use it once", async () => {
    const way = await prepare("login session with a refresh");
    const before = JSON.parse(home.read(loginCachePath) ?? "");
    const runs = await Promise.all([1, 2, 3].map(() => letme(way, "whoami")));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(world.services.asked).toEqual(["signin POST"]);
    const after = JSON.parse(home.read(loginCachePath) ?? "");
    expect(after).toEqual({
      ...before,
      accessToken: {
        ...before.accessToken,
        accessKeyId: expect.stringMatching(/^ASIA/),
        secretAccessKey: expect.any(String),
        sessionToken: expect.any(String),
        expiresAt: expect.stringMatching(/Z$/),
      },
      refreshToken: expect.any(String),
    });
    expect(world.services.signIn.isCurrent(before.refreshToken)).toBe(false);
    expect(world.services.signIn.isCurrent(after.refreshToken)).toBe(true);
    expect(statSync(join(home.path, loginCachePath)).mode & 0o777).toBe(0o600);
  });
});

describe("configured and failed", () => {
  const failing: Readonly<Record<string, () => Promise<{ way: Way; words: readonly RegExp[] }>>> = {
    "an SSO session that was ended": async () => {
      const way = await prepare("SSO with a session");
      world.services.identityCenter.accessTokens.clear();
      return {
        way,
        words: [/SSO session of profile `dev` \(.*config:6\)/, /aws sso login --sso-session corp`/],
      };
    },
    "an SSO session that cannot be renewed": async () => {
      const way = await prepare("SSO with a refresh");
      world.services.identityCenter.refreshTokens.clear();
      return { way, words: [/has ended and could not be renewed/, /--sso-session corp`/] };
    },
    "a role that is not assigned": async () => {
      const way = await prepare("SSO in the legacy form");
      const config = (way.config ?? "").replace("Developer", "Admin");
      home.write(".aws/config", config);
      return { way, words: [/ForbiddenException: No access/, /`Admin` in the account 1{12}/] };
    },
    "nobody signed in": async () => {
      const config = `[profile dev]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n${ssoRole}`;
      home.write(".aws/config", config);
      const way = { profile: "dev", source: "", arn: "", profiles: [] };
      return { way, words: [/config:2\) is not signed in/, /`aws sso login --profile dev`/] };
    },
    "a login session whose password changed": async () => {
      const way = await prepare("login session with a refresh");
      world.services.signIn.refusal = "USER_CREDENTIALS_CHANGED";
      return { way, words: [/your password was changed/, /`aws login --profile default`/] };
    },
    "a process that fails": async () => {
      home.write(".aws/config", `[default]\ncredential_process = ${printer(home, "p", "{}", 3)}\n`);
      const way = { source: "", arn: "", profiles: [] };
      return {
        way,
        words: [/asking the vault/, /profile `default` \(.*config:2\) ended with code 3/],
      };
    },
    "a process that prints without end": async () => {
      const endless = home.write(
        "endless.ts",
        "for (;;) await Bun.write(Bun.stdout, 'x'.repeat(65536));",
      );
      const command = `"${process.execPath}" "${endless}"`;
      home.write(".aws/config", `[default]\ncredential_process = ${command}\n`);
      return { way: { source: "", arn: "", profiles: [] }, words: [/config:2\) ended with code/] };
    },
    "a role that may not be assumed": async () => {
      const way = await prepare("a role of a source profile");
      home.write(".aws/config", (way.config ?? "").replace(externalId, "other"));
      return { way, words: [/not authorized to perform: sts:AssumeRole/] };
    },
  };

  test.each(Object.keys(failing))("%s", async (name) => {
    const made = await failing[name]?.();
    if (made === undefined) throw new Error("unknown");
    const args = made.way.profile === undefined ? [] : ["--source-profile", made.way.profile];
    const { exitCode, stdout, stderr } = await letme(made.way, "obtain", "example1", ...args);
    expect(exitCode).toBe(4);
    expect(stdout).toBe("");
    for (const word of made.words) expect(stderr).toMatch(word);
    for (const secret of world.services.secrets) expect(stderr.includes(secret)).toBe(false);
    expect(world.standIn.log.of("dynamodb")).toEqual([]);
  });

  test("a role of another partition, before anything is asked", async () => {
    home.write(".aws/credentials", `[base]\n${keysOfUser}`);
    home.write(
      ".aws/config",
      "[profile cn]\nrole_arn = arn:aws-cn:iam::111111111111:role/r\nsource_profile = base\n",
    );
    const way = { source: "", arn: "", profiles: [] };
    const { exitCode, stderr } = await letme(way, "whoami", "cn", "--source-region", "eu-west-1");
    expect(stderr).toContain("partition aws-cn");
    expect(exitCode).toBe(3);
    expect(world.standIn.log.entries).toEqual([]);
  });
});
