import type { Home } from "../support/home.ts";
import { user } from "../support/organisation.ts";
import { loginSessionArn } from "../support/sign-in.ts";
import {
  printer,
  signInToSso,
  signInWithLogin,
  ssoRole,
  ssoSession,
  startUrl,
} from "../support/source-homes.ts";
import {
  externalId,
  keysOfUser,
  ownRoles,
  type SourceWorld,
  webToken,
} from "../support/source-world.ts";

/** Files, variables and a profile, and what becomes of them. */
export interface ProfileSetup {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The profile that is asked for; the un-named chain where there is none. */
  readonly profile?: string;
  /** What else must be there; gives texts that replace `{NAME}` in config and env. */
  readonly prepare?: (
    home: Home,
    world: SourceWorld,
  ) => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** What letme says in its error, where it is one. */
  readonly fails?: RegExp;
  /**
   * What the SDK makes of it, where that is something else; each with the reason at its set-up.
   * `fails`, or the access key or caller that it comes to.
   */
  readonly sdk?: string;
}

const key = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = secret-of-${id}\n`;
const base = `[base]\n${keysOfUser}`;
const inEnvironment = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "secret" };
const role = (name: string, arn: string, rest: string) =>
  `[profile ${name}]\nrole_arn = ${arn}\nregion = eu-west-1\n${rest}\n`;
const output = (members: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ Version: 1, AccessKeyId: "AKIAPROC", SecretAccessKey: "p", ...members });
const process_ = (text: string, exitCode = 0) => ({
  config: "[profile p]\ncredential_process = {COMMAND}\n",
  profile: "p",
  prepare: (home: Home) => ({ COMMAND: printer(home, "p", text, exitCode) }),
});
const ssoProfile = (name: string) =>
  `${ssoSession(name)}[profile dev]\nregion = eu-west-1\nsso_session = ${name}\n${ssoRole}`;

export const profileSetups: Readonly<Record<string, ProfileSetup>> = {
  // Static keys
  "keys in the credentials file": { credentials: `[a]\n${key("AKIAA")}`, profile: "a" },
  "keys in the config file": { config: `[profile a]\n${key("AKIAA")}`, profile: "a" },
  "keys with a session token": {
    credentials: `[a]\n${key("ASIAA")}aws_session_token = token\n`,
    profile: "a",
  },
  "keys in both files": {
    config: `[profile a]\n${key("AKIACONFIG")}`,
    credentials: `[a]\n${key("AKIACREDS")}`,
    profile: "a",
  },
  "one half in each file": {
    config: "[profile a]\naws_access_key_id = AKIAA\n",
    credentials: "[a]\naws_secret_access_key = s\n",
    profile: "a",
  },
  "half a key pair": {
    credentials: "[a]\naws_access_key_id = AKIAA\n",
    profile: "a",
    fails: /profile `a` \(.*credentials:2\) has no `aws_secret_access_key`/,
  },
  "the other half": {
    credentials: "[a]\naws_secret_access_key = s\n",
    profile: "a",
    fails: /has no `aws_access_key_id`/,
  },
  "a profile that is not there": { config: "[profile a]\n", profile: "b", fails: /no profile `b`/ },
  "a profile without anything": {
    config: "[profile a]\nregion = eu-west-1\n",
    profile: "a",
    fails: /profile `a` \(.*config:2\) has no credentials/,
  },
  "a named profile, and keys in the environment": {
    credentials: `[a]\n${key("AKIAA")}`,
    env: inEnvironment,
    profile: "a",
  },

  // Roles
  "a role of a source profile": {
    config: role("r", ownRoles.base, "source_profile = base"),
    credentials: base,
    profile: "r",
  },
  "a role with everything": {
    config: role(
      "r",
      ownRoles.external,
      `source_profile = base\nexternal_id = ${externalId}\nrole_session_name = alice\nduration_seconds = 900`,
    ),
    credentials: base,
    profile: "r",
  },
  "a role with the wrong external ID": {
    config: role("r", ownRoles.external, "source_profile = base\nexternal_id = wrong"),
    credentials: base,
    profile: "r",
    fails: /profile `r` \(.*config:2\): STS refused AssumeRole with AccessDenied/,
  },
  "a role with MFA": {
    config: role("r", ownRoles.guarded, `source_profile = base\nmfa_serial = ${user.mfaSerial}`),
    credentials: base,
    profile: "r",
  },
  "two roles": {
    config: `${role("one", ownRoles.base, "source_profile = base")}${role("two", ownRoles.second, "source_profile = one")}`,
    credentials: base,
    profile: "two",
  },
  "a role of the profile's own keys": {
    config: role("self", ownRoles.base, "source_profile = self"),
    credentials: `[self]\n${keysOfUser}`,
    profile: "self",
  },
  "keys end the way though the source has a role": {
    config: `${role("r", ownRoles.base, "source_profile = mixed")}${role("mixed", ownRoles.second, "source_profile = nowhere")}`,
    credentials: `[mixed]\n${keysOfUser}`,
    profile: "r",
  },
  "a role comes before the profile's keys": {
    config: role("r", ownRoles.base, "source_profile = base"),
    credentials: `${base}[r]\n${key("AKIAUNUSED")}`,
    profile: "r",
  },
  "a circle of two": {
    config: `${role("a", ownRoles.base, "source_profile = b")}${role("b", ownRoles.base, "source_profile = a")}`,
    profile: "a",
    fails: /leads in a circle: `a` → `b` → `a`/,
  },
  "a circle of one": {
    config: role("a", ownRoles.base, "source_profile = a"),
    profile: "a",
    fails: /leads in a circle: `a` → `a`/,
  },
  "a circle behind the first": {
    config: `${role("x", ownRoles.base, "source_profile = a")}${role("a", ownRoles.base, "source_profile = b")}${role("b", ownRoles.base, "source_profile = a")}`,
    profile: "x",
    fails: /leads in a circle/,
  },
  "a source profile that is not there": {
    config: role("a", ownRoles.base, "source_profile = gone"),
    profile: "a",
    fails: /profile `a` \(.*config:4\) has the source profile `gone`, which is not in/,
  },
  "a source profile without anything": {
    config: `${role("a", ownRoles.base, "source_profile = empty")}[profile empty]\nregion = eu-west-1\n`,
    profile: "a",
    fails: /source profile `empty`, which has no credentials/,
  },
  "a source profile with half a pair": {
    config: role("a", ownRoles.base, "source_profile = half"),
    credentials: "[half]\naws_access_key_id = AKIAA\n",
    profile: "a",
    fails: /profile `half` \(.*\) has no `aws_secret_access_key`/,
  },
  "source_profile and credential_source": {
    config: role("a", ownRoles.base, "source_profile = base\ncredential_source = Environment"),
    credentials: base,
    profile: "a",
    fails: /has both `source_profile` and `credential_source`/,
  },
  "neither of the two": {
    config: role("a", ownRoles.base, ""),
    profile: "a",
    fails: /has a `role_arn`, and nothing to assume it with/,
  },
  "neither of the two, but keys": {
    config: role("a", ownRoles.base, ""),
    credentials: `[a]\n${key("AKIAA")}`,
    profile: "a",
    fails: /has a `role_arn`, and nothing to assume it with/,
    // botocore refuses it too: to use the keys would silently be another identity than the role.
    sdk: "AKIAA",
  },
  "a duration that is no number": {
    config: role("a", ownRoles.base, "source_profile = base\nduration_seconds = soon"),
    credentials: base,
    profile: "a",
    fails: /`duration_seconds` that is not a number/,
  },
  "a role with the environment's keys": {
    config: role("a", ownRoles.base, "credential_source = Environment"),
    env: {
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    },
    profile: "a",
  },
  "a role with the environment's keys, which are not there": {
    config: role("a", ownRoles.base, "credential_source = Environment"),
    profile: "a",
    fails: /takes its credentials from Environment, which has none/,
  },
  "a role with the container's credentials": {
    config: role("a", ownRoles.base, "credential_source = EcsContainer"),
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "{CONTAINER}" },
    profile: "a",
  },
  "a role with the instance's credentials": {
    config: role("a", ownRoles.base, "credential_source = Ec2InstanceMetadata"),
    env: { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: "{INSTANCE}" },
    profile: "a",
  },
  "a credential_source that every object has": {
    config: role("a", ownRoles.base, "credential_source = constructor"),
    profile: "a",
    fails: /the `credential_source` `constructor`, which AWS does not know/,
  },
  "a credential_source that is none": {
    config: role("a", ownRoles.base, "credential_source = Vault"),
    profile: "a",
    fails: /the `credential_source` `Vault`, which AWS does not know/,
  },
  "a credential_source in lower case": {
    config: role("a", ownRoles.base, "credential_source = environment"),
    env: { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey },
    profile: "a",
    // botocore takes the names in any case.
    sdk: "fails",
  },

  // Web identity
  "web identity": {
    config: role("w", ownRoles.federated, "web_identity_token_file = {TOKEN}"),
    profile: "w",
    prepare: (home) => ({ TOKEN: home.write("token", webToken) }),
  },
  "web identity without its file": {
    config: role("w", ownRoles.federated, "web_identity_token_file = /nowhere/token"),
    profile: "w",
    fails: /profile `w` \(.*config:4\): the token file `\/nowhere\/token` cannot be read/,
  },
  "web identity with a token that is none": {
    config: role("w", ownRoles.federated, "web_identity_token_file = {TOKEN}"),
    profile: "w",
    prepare: (home) => ({ TOKEN: home.write("token", "nothing") }),
    fails:
      /profile `w` \(.*config:4\): STS refused AssumeRoleWithWebIdentity with InvalidIdentityToken/,
  },
  "web identity without a role": {
    config: "[profile w]\nweb_identity_token_file = /token\n",
    profile: "w",
    fails: /has a `web_identity_token_file` and no `role_arn`/,
  },
  "web identity as the source of a role": {
    config: `${role("w", ownRoles.federated, "web_identity_token_file = {TOKEN}")}${role("r", ownRoles.base, "source_profile = w")}`,
    profile: "r",
    prepare: (home) => ({ TOKEN: home.write("token", webToken) }),
  },

  // SSO
  "SSO with a session": {
    config: ssoProfile("corp1"),
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: "corp1", secondsLeft: 3600 });
      return {};
    },
  },
  "SSO with a refresh": {
    config: ssoProfile("corp2"),
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: "corp2", secondsLeft: 30 });
      return {};
    },
  },
  "SSO that has ended, without a refresh token": {
    config: ssoProfile("corp3"),
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, {
        of: "corp3",
        secondsLeft: -10,
        extra: { refreshToken: undefined },
      });
      return {};
    },
    fails: /SSO session `corp3` of profile `dev` \(.*\) has ended/,
  },
  "SSO in the legacy form": {
    config: `[profile dev]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n${ssoRole}`,
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: startUrl, secondsLeft: 3600 });
      return {};
    },
  },
  "SSO where nobody signed in": {
    config: ssoProfile("corp4"),
    profile: "dev",
    fails: /is not signed in/,
  },
  "SSO with a session that is not there": {
    config: `[profile dev]\nsso_session = gone\n${ssoRole}`,
    profile: "dev",
    fails: /names the sso-session `gone`, which is not in your AWS files/,
  },
  "SSO without a role's name": {
    config: `${ssoSession("corp5")}[profile dev]\nsso_session = corp5\nsso_account_id = 111111111111\n`,
    profile: "dev",
    fails: /is set up for SSO without `sso_role_name`/,
  },
  "SSO with another start URL than its session": {
    config: `${ssoProfile("corp6")}sso_start_url = https://other.awsapps.com/start\n`,
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: "corp6", secondsLeft: 3600 });
      return {};
    },
    fails: /has another `sso_start_url`/,
    // The session's values replace the profile's there. botocore refuses it, as one of the two
    // must be a mistake.
    sdk: "Developer",
  },
  "SSO as the source of a role": {
    config: `${ssoProfile("corp7")}${role("r", ownRoles.base, "source_profile = dev")}`,
    profile: "r",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: "corp7", secondsLeft: 3600 });
      return {};
    },
  },
  "SSO, and keys in the credentials file": {
    config: ssoProfile("corp8"),
    credentials: `[dev]\n${key("AKIASTATIC")}`,
    profile: "dev",
    prepare: (home, { services }) => {
      signInToSso(home, services, { of: "corp8", secondsLeft: 3600 });
      return {};
    },
    // botocore's order has SSO before keys, the JavaScript SDK's keys before SSO.
    sdk: "AKIASTATIC",
  },

  // Login
  "login session": {
    config: `[profile l]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`,
    profile: "l",
    prepare: async (home, { services }) => {
      await signInWithLogin(home, services, 3600);
      return {};
    },
  },
  "login session with a refresh": {
    config: `[profile l]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`,
    profile: "l",
    prepare: async (home, { services }) => {
      await signInWithLogin(home, services, 30);
      return {};
    },
  },
  "login session where nobody signed in": {
    config: `[profile l]\nlogin_session = ${loginSessionArn}\nregion = eu-west-1\n`,
    profile: "l",
    fails: /login session of profile `l` \(.*config:2\) is not signed in/,
  },

  // Processes
  "a process": process_(output({})),
  "a process with all members": process_(
    output({ SessionToken: "t", Expiration: "2999-01-01T00:00:00Z", AccountId: "111111111111" }),
  ),
  "a process of another version": {
    ...process_(output({ Version: 2 })),
    fails: /is not of `"Version": 1`/,
  },
  "a process without a version": {
    ...process_(output({ Version: undefined })),
    fails: /is not of `"Version": 1`/,
  },
  "a process without a secret": {
    ...process_(output({ SecretAccessKey: undefined })),
    fails: /has no `SecretAccessKey`/,
  },
  "a process that prints no JSON": { ...process_("hello"), fails: /is not a JSON object/ },
  "a process with credentials that ended": {
    ...process_(output({ SessionToken: "t", Expiration: "2020-01-01T00:00:00Z" })),
    fails: /credentials of profile `p` expired at 2020-01-01/,
  },
  "a process that fails": { ...process_(output({}), 2), fails: /ended with code 2/ },
  "a process that is not there": {
    config: "[profile p]\ncredential_process = /nowhere/program --give\n",
    profile: "p",
    fails: /cannot run `\/nowhere\/program` \(ENOENT\)/,
  },
  "a process, and keys in the config file": {
    ...process_(output({})),
    config: `[profile p]\ncredential_process = {COMMAND}\n${key("AKIASTATIC")}`,
    // botocore has keys of the config file last, the JavaScript SDK has keys first.
    sdk: "AKIASTATIC",
  },
  "a process as the source of a role": {
    config: `[profile p]\ncredential_process = {COMMAND}\n${role("r", ownRoles.base, "source_profile = p")}`,
    profile: "r",
    prepare: (home) => ({
      COMMAND: printer(
        home,
        "p",
        output({ AccessKeyId: user.accessKeyId, SecretAccessKey: user.secretAccessKey }),
      ),
    }),
  },

  // The un-named chain
  "the environment": { env: inEnvironment, credentials: `[default]\n${key("AKIADEFAULT")}` },
  "the environment with a session token": { env: { ...inEnvironment, AWS_SESSION_TOKEN: "t" } },
  "the default profile": { credentials: `[default]\n${key("AKIADEFAULT")}` },
  "the default profile of the config file": {
    config: `[profile default]\n${key("AKIAPREFIXED")}[default]\n${key("AKIAPLAIN")}`,
  },
  AWS_PROFILE: { env: { AWS_PROFILE: "a" }, credentials: `[a]\n${key("AKIAA")}` },
  "AWS_PROFILE and keys in the environment": {
    env: { ...inEnvironment, AWS_PROFILE: "a" },
    credentials: `[a]\n${key("AKIAA")}`,
    // botocore and the AWS CLI take the environment's keys; the JavaScript SDK warns that it will.
    sdk: "AKIAA",
  },
  "half of the environment": {
    env: { AWS_ACCESS_KEY_ID: "AKIAENV" },
    credentials: `[default]\n${key("AKIADEFAULT")}`,
    fails: /`AWS_SECRET_ACCESS_KEY` is missing/,
    // botocore refuses it: half a pair is a mistake, and to pass over it hides that.
    sdk: "AKIADEFAULT",
  },
  "web identity of the environment": {
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: "{TOKEN}", AWS_ROLE_ARN: ownRoles.federated },
    prepare: (home) => ({ TOKEN: home.write("token", webToken) }),
  },
  "web identity of the environment without a role": {
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/token" },
    fails: /`AWS_WEB_IDENTITY_TOKEN_FILE` is set, and `AWS_ROLE_ARN` is not/,
  },
  // botocore has it the other way round where the profile has no role: see chooseSource.
  "the default profile before web identity": {
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: "{TOKEN}", AWS_ROLE_ARN: ownRoles.federated },
    credentials: `[default]\n${key("AKIADEFAULT")}`,
    prepare: (home) => ({ TOKEN: home.write("token", webToken) }),
  },
  "the container": { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "{CONTAINER}" } },
  "the container at an address that is not allowed": {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://192.0.2.1/credentials" },
    fails: /`AWS_CONTAINER_CREDENTIALS_FULL_URI` leads where/,
  },
  "web identity before the container": {
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: "{TOKEN}",
      AWS_ROLE_ARN: ownRoles.federated,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "{CONTAINER}",
    },
    prepare: (home) => ({ TOKEN: home.write("token", webToken) }),
  },
  "the instance": {
    env: { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: "{INSTANCE}" },
  },
  "a default profile without credentials, then the instance": {
    config: "[default]\nregion = eu-west-1\n",
    env: { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: "{INSTANCE}" },
  },
  "nothing anywhere": { fails: /there are no AWS credentials to start from/ },
  "AWS_PROFILE that is not there, and a container": {
    env: { AWS_PROFILE: "gone", AWS_CONTAINER_CREDENTIALS_FULL_URI: "{CONTAINER}" },
    fails: /your AWS files have no profile `gone`/,
    // botocore refuses it: a misspelt name must not lead to another identity.
    sdk: "Task",
  },
};
