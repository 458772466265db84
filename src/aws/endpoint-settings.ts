import { LetmeError } from "../errors.ts";
import {
  type AwsConfiguration,
  type ConfiguredValue,
  profileKey,
  readSwitch,
  variable,
} from "./configuration.ts";
import type { Service } from "./endpoint-rules.ts";

/** What the user set about endpoints; the same for the whole run. */
export interface EndpointSettings {
  /** Present where it is switched on. */
  readonly fips: ConfiguredValue | undefined;
  readonly dualStack: ConfiguredValue | undefined;
  /** The URL that counts for a service, where one is set; not checked yet. */
  readonly urls: Readonly<Partial<Record<Service, ConfiguredValue>>>;
}

// What a service is called in `AWS_ENDPOINT_URL_<SERVICE>`; in a `services` section in lowercase.
// https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html
const identifiers: Readonly<Record<Service, string>> = {
  sts: "STS",
  dynamodb: "DYNAMODB",
  sso: "SSO",
  "sso-oidc": "SSO_OIDC",
  signin: "SIGNIN",
  iam: "IAM",
  organizations: "ORGANIZATIONS",
};

/**
 * Reads FIPS, dual-stack and endpoint URLs. For a URL `AWS_ENDPOINT_URL_<SERVICE>` comes first, then
 * `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's `endpoint_url`;
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or `ignore_configured_endpoint_urls` switches all off
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html,
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html).
 * Throws a `configuration` error where `services` names no section, or a switch is no switch.
 */
export function readEndpointSettings(configuration: AwsConfiguration): EndpointSettings {
  const ignored = readSwitch(
    configuration,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "ignore_configured_endpoint_urls",
  );
  return {
    fips: readSwitch(configuration, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    dualStack: readSwitch(configuration, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
    urls: ignored === undefined ? readUrls(configuration) : {},
  };
}

function readUrls(configuration: AwsConfiguration): EndpointSettings["urls"] {
  const everywhere = variable(configuration, "AWS_ENDPOINT_URL");
  const ofSection = everywhere === undefined ? sectionUrls(configuration) : () => undefined;
  const ofProfile = profileKey(configuration, "endpoint_url");
  const urls: Partial<Record<Service, ConfiguredValue>> = {};
  for (const [service, identifier] of Object.entries(identifiers) as [Service, string][]) {
    const url =
      variable(configuration, `AWS_ENDPOINT_URL_${identifier}`) ??
      everywhere ??
      ofSection(identifier.toLowerCase()) ??
      ofProfile;
    if (url !== undefined) urls[service] = url;
  }
  return urls;
}

/** The URLs of the `services` section that the profile names. */
function sectionUrls(
  configuration: AwsConfiguration,
): (identifier: string) => ConfiguredValue | undefined {
  const named = profileKey(configuration, "services");
  if (named === undefined) return () => undefined;
  const section = configuration.services(named.value);
  if (section === undefined) {
    throw new LetmeError(
      "configuration",
      `${named.origin} is \`${named.value}\`, and there is no section \`[services ${named.value}]\``,
      { hint: "write that section into the AWS config file, or take `services` out" },
    );
  }
  return (identifier) => {
    const value = section.nested(identifier).get("endpoint_url") ?? "";
    if (value === "") return undefined;
    return { value, origin: `\`endpoint_url\` of ${identifier} in \`[services ${section.name}]\`` };
  };
}
