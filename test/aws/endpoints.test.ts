import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { awsEndpoint } from "../../src/aws/endpoint-rules.ts";
import { readEndpointSettings } from "../../src/aws/endpoint-settings.ts";
import { endpointOf, ownUrlOf, type Service } from "../../src/aws/endpoints.ts";
import { configurationOf } from "./configuration.ts";

interface Case {
  readonly service: Service;
  readonly partition: string;
  readonly region: string;
  readonly fips: boolean;
  readonly dualStack: boolean;
  readonly url: string;
  readonly signingRegion?: string;
}

const file = join(import.meta.dir, "../../../shared/conformance/endpoints.json");
if (!existsSync(file)) console.warn(`skipped: no conformance data at ${file}`);

describe.if(existsSync(file))("AWS's own endpoint rules", () => {
  test("all cases", async () => {
    const { cases } = (await Bun.file(file).json()) as { cases: readonly Case[] };
    expect(cases.length).toBe(468);
    for (const { service, region, fips, dualStack, url, signingRegion = region } of cases) {
      const settings = readEndpointSettings(
        configurationOf({
          AWS_USE_FIPS_ENDPOINT: String(fips),
          AWS_USE_DUALSTACK_ENDPOINT: String(dualStack),
        }),
      );
      expect({ service, region, ...endpointOf(service, region, settings) }).toEqual({
        service,
        region,
        url,
        signingRegion,
      });
    }
  });
});
// From the same rule sets, where the table above has no case.
test.each<[Service, string, boolean, boolean, string]>([
  ["signin", "eu-west-1", false, false, "https://eu-west-1.signin.aws.amazon.com"],
  ["signin", "cn-north-1", false, false, "https://cn-north-1.signin.amazonaws.cn"],
  ["signin", "us-gov-west-1", false, false, "https://us-gov-west-1.signin.amazonaws-us-gov.com"],
  ["signin", "eu-west-1", true, false, "https://signin-fips.eu-west-1.amazonaws.com"],
  ["sso", "eu-west-1", true, false, "https://portal.sso-fips.eu-west-1.amazonaws.com"],
  ["sso", "us-gov-west-1", true, false, "https://portal.sso.us-gov-west-1.amazonaws.com"],
  ["sso", "eu-west-1", false, true, "https://portal.sso.eu-west-1.api.aws"],
  ["sso-oidc", "us-east-2", true, true, "https://oidc-fips.us-east-2.api.aws"],
  ["iam", "eu-west-1", true, false, "https://iam-fips.amazonaws.com"],
  ["iam", "eu-west-1", false, true, "https://iam.global.api.aws"],
  ["iam", "us-gov-east-1", true, true, "https://iam.us-gov.api.aws"],
  ["iam", "us-iso-west-1", true, false, "https://iam-fips.us-iso-east-1.c2s.ic.gov"],
  ["organizations", "eu-west-1", true, false, "https://organizations-fips.us-east-1.amazonaws.com"],
  [
    "organizations",
    "us-gov-east-1",
    true,
    false,
    "https://organizations.us-gov-west-1.amazonaws.com",
  ],
  ["sts", "xx-future-1", false, false, "https://sts.xx-future-1.amazonaws.com"],
])("%s in %s, FIPS %p, dual-stack %p: %s", (service, region, fips, dualStack, url) => {
  expect(awsEndpoint(service, region, { fips, dualStack }).url).toBe(url);
});

describe("a URL of the user's own", () => {
  const config = [
    "[default]",
    "services = mine",
    "endpoint_url = http://profile",
    "[services mine]",
    "dynamodb =",
    "  endpoint_url = http://section-dynamodb",
    "sso_oidc =",
    "  endpoint_url = http://section-oidc",
    "s3 =",
    "  endpoint_url = http://section-s3",
    "",
  ].join("\n");
  const everywhere = { AWS_ENDPOINT_URL: "http://everywhere" };

  test.each<[string, Record<string, string>, string, Service, string]>([
    ["none", {}, "", "sts", "https://sts.eu-west-1.amazonaws.com"],
    ["the profile's", {}, config, "sts", "http://profile"],
    ["the section's before the profile's", {}, config, "dynamodb", "http://section-dynamodb"],
    ["a service of two words", {}, config, "sso-oidc", "http://section-oidc"],
    ["the variable before the section's", everywhere, config, "dynamodb", "http://everywhere"],
    [
      "the service's variable before that",
      { ...everywhere, AWS_ENDPOINT_URL_DYNAMODB: "http://variable/path/" },
      config,
      "dynamodb",
      "http://variable/path",
    ],
    [
      "the service's variable, for another service",
      { AWS_ENDPOINT_URL_DYNAMODB: "http://variable" },
      "",
      "sts",
      "https://sts.eu-west-1.amazonaws.com",
    ],
    [
      "a service of two words, by variable",
      { AWS_ENDPOINT_URL_SSO_OIDC: "http://variable" },
      config,
      "sso-oidc",
      "http://variable",
    ],
    ["a blank variable counts as none", { AWS_ENDPOINT_URL: " " }, config, "sts", "http://profile"],
    [
      "switched off by variable",
      { ...everywhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE" },
      config,
      "sts",
      "https://sts.eu-west-1.amazonaws.com",
    ],
    [
      "switched off in the profile",
      everywhere,
      `[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://profile\n`,
      "sts",
      "https://sts.eu-west-1.amazonaws.com",
    ],
    [
      "the variable's switch before the profile's",
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" },
      `[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://profile\n`,
      "sts",
      "http://profile",
    ],
    [
      "switched off, a section that is missing does not matter",
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      "[default]\nservices = nowhere\n",
      "sts",
      "https://sts.eu-west-1.amazonaws.com",
    ],
    [
      "FIPS by profile",
      {},
      "[default]\nuse_fips_endpoint = true\n",
      "sts",
      "https://sts-fips.eu-west-1.amazonaws.com",
    ],
    [
      "FIPS off by variable",
      { AWS_USE_FIPS_ENDPOINT: "false" },
      "[default]\nuse_fips_endpoint = true\n",
      "sts",
      "https://sts.eu-west-1.amazonaws.com",
    ],
    [
      "dual-stack by profile",
      {},
      "[default]\nuse_dualstack_endpoint = true\n",
      "dynamodb",
      "https://dynamodb.eu-west-1.api.aws",
    ],
  ])("%s", (_, env, text, service, url) => {
    const settings = readEndpointSettings(configurationOf(env, text));
    expect(endpointOf(service, "eu-west-1", settings)).toEqual({ url, signingRegion: "eu-west-1" });
  });

  test("leaves the configured signing region to a global service", () => {
    const settings = readEndpointSettings(configurationOf(everywhere));
    expect(endpointOf("iam", "eu-west-1", settings).signingRegion).toBe("eu-west-1");
  });
});

test.each<[string, Record<string, string>, string | undefined]>([
  ["none is set", {}, undefined],
  ["AWS's own is set", { AWS_ENDPOINT_URL_STS: "https://sts.eu-west-1.amazonaws.com/" }, undefined],
  [
    "that of another region",
    { AWS_ENDPOINT_URL_STS: "https://sts.us-east-1.amazonaws.com" },
    "https://sts.us-east-1.amazonaws.com",
  ],
  ["one for all services", { AWS_ENDPOINT_URL: "http://127.0.0.1:9/" }, "http://127.0.0.1:9"],
  ["FIPS is AWS's own", { AWS_USE_FIPS_ENDPOINT: "true" }, undefined],
])("a URL of one's own: %s", (_, env, url) => {
  const settings = readEndpointSettings(configurationOf(env));
  expect(ownUrlOf("sts", "eu-west-1", settings)).toBe(url);
});

test("DynamoDB in the region `local` is the one on this machine", () => {
  const settings = readEndpointSettings(configurationOf({}));
  expect(endpointOf("dynamodb", "local", settings)).toEqual({
    url: "http://localhost:8000",
    signingRegion: "us-east-1",
  });
});

test.each<[string, Record<string, string>, string, string, string]>([
  [
    "FIPS and a URL",
    { AWS_USE_FIPS_ENDPOINT: "true", AWS_ENDPOINT_URL: "http://x" },
    "",
    "eu-west-1",
    "FIPS endpoints (`AWS_USE_FIPS_ENDPOINT`) and an endpoint of your own (`AWS_ENDPOINT_URL`) are both set",
  ],
  [
    "dual-stack and a URL",
    {},
    "[default]\nuse_dualstack_endpoint = true\nendpoint_url = http://x\n",
    "eu-west-1",
    "dual-stack endpoints (`use_dualstack_endpoint` of profile `default` (/home/user/.aws/config:2)) and an endpoint of your own (`endpoint_url` of profile `default` (/home/user/.aws/config:3)) are both set",
  ],
  [
    "FIPS and the region `local`",
    { AWS_USE_FIPS_ENDPOINT: "true" },
    "",
    "local",
    "FIPS endpoints (`AWS_USE_FIPS_ENDPOINT`) and the region `local` are both set",
  ],
  [
    "no such services section",
    {},
    "[default]\nservices = mime\n[services mine]\n",
    "eu-west-1",
    "`services` of profile `default` (/home/user/.aws/config:2) is `mime`, and there is no section `[services mime]`",
  ],
  [
    "a switch that is none",
    { AWS_USE_FIPS_ENDPOINT: "1" },
    "",
    "eu-west-1",
    "`AWS_USE_FIPS_ENDPOINT` must be `true` or `false`",
  ],
  [
    "no URL",
    { AWS_ENDPOINT_URL: "localhost:1" },
    "",
    "eu-west-1",
    "`AWS_ENDPOINT_URL` is not an http",
  ],
  [
    "a file",
    { AWS_ENDPOINT_URL: "file:///x" },
    "",
    "eu-west-1",
    "`AWS_ENDPOINT_URL` is not an http",
  ],
  [
    "a password in it, which is not shown",
    { AWS_ENDPOINT_URL_DYNAMODB: "http://user:secret@x" },
    "",
    "eu-west-1",
    "`AWS_ENDPOINT_URL_DYNAMODB` is not an http or https URL",
  ],
  ["a region that is none", {}, "", "x.example.com/", "`x.example.com/` is not an AWS region"],
])("refused: %s", (_, env, config, region, message) => {
  const resolve = () =>
    endpointOf("dynamodb", region, readEndpointSettings(configurationOf(env, config)));
  expect(resolve).toThrow(message);
  expect(resolve).not.toThrow("secret");
});

// What grows with the square of the length would take minutes.
test("a URL of slashes without end is read to its end", () => {
  const url = `http://x${"/".repeat(500_000)}y`;
  const settings = readEndpointSettings(configurationOf({ AWS_ENDPOINT_URL: `${url}//` }));
  expect(endpointOf("sts", "eu-west-1", settings).url).toBe(url);
});
