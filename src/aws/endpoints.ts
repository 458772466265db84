import { LetmeError } from "../errors.ts";
import { isRegion, partitionOf } from "./partitions.ts";

/** The AWS services that letme calls, by their endpoint prefix and signing name. */
export type Service = "sts" | "dynamodb" | "sso" | "sso-oidc" | "signin";

/**
 * Where a service answers in a region, without a trailing slash. `AWS_ENDPOINT_URL_<SERVICE>` comes
 * before `AWS_ENDPOINT_URL`; `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` switches both off
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
 * Throws a `configuration` error for a URL or region that cannot be one.
 */
export function endpointOf(
  service: Service,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const configured = configuredEndpoint(service, env);
  if (configured !== undefined) return configured;
  if (!isRegion(region)) {
    throw new LetmeError("configuration", `\`${region}\` is not an AWS region`, {
      hint: "a region looks like `eu-west-1`",
    });
  }
  if (service === "dynamodb" && region === "local") return "http://localhost:8000";
  const partition = partitionOf(region);
  const signIn = signInDomains[partition.id];
  if (service === "signin" && signIn !== undefined) return `https://${region}.${signIn}`;
  return `https://${hosts[service]}.${region}.${partition.suffix}`;
}

// The first labels of the services' host names.
const hosts: Readonly<Record<Service, string>> = {
  sts: "sts",
  dynamodb: "dynamodb",
  sso: "portal.sso",
  "sso-oidc": "oidc",
  signin: "signin",
};

// The pages that people sign in on are under domains of their own.
const signInDomains: Readonly<Record<string, string>> = {
  aws: "signin.aws.amazon.com",
  "aws-cn": "signin.amazonaws.cn",
  "aws-us-gov": "signin.amazonaws-us-gov.com",
};

function configuredEndpoint(
  service: Service,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return undefined;
  for (const variable of [
    `AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll("-", "_")}`,
    "AWS_ENDPOINT_URL",
  ]) {
    const value = env[variable];
    if (value === undefined || value === "") continue;
    if (!isEndpointUrl(value)) {
      throw new LetmeError("configuration", `\`${variable}\` is not an http or https URL`, {
        hint: `set it to something like \`https://vpce-0abc.${service}.eu-west-1.vpce.amazonaws.com\`, or unset it`,
      });
    }
    return value.replace(/\/+$/, "");
  }
  return undefined;
}

function isEndpointUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  );
}
