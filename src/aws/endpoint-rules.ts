import { type Partition, partitionOf } from "./partitions.ts";

/** The AWS services that letme calls, by the names that they are signed with, or nearly so. */
export type Service = "sts" | "dynamodb" | "sso" | "sso-oidc" | "signin" | "iam" | "organizations";

/** Where a service answers. */
export interface Endpoint {
  /** Without a trailing slash. */
  readonly url: string;
  /** The region that requests are signed for: a global service has one of its own. */
  readonly signingRegion: string;
}

/** Which of a service's endpoints: those with validated cryptography, those with IPv6 too. */
export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

// The first labels of the host names of services that have one in each region.
const hosts = {
  sts: "sts",
  dynamodb: "dynamodb",
  sso: "portal.sso",
  "sso-oidc": "oidc",
  signin: "signin",
} as const;

/**
 * AWS's own endpoint of a service, by the endpoint rule sets that its SDKs carry
 * (https://docs.aws.amazon.com/general/latest/gr/rande.html). The region is trusted to be one.
 */
export function awsEndpoint(service: Service, region: string, variant: EndpointVariant): Endpoint {
  const partition = partitionOf(region);
  if (service === "iam") return iamEndpoint(partition, variant);
  if (service === "organizations") return organizationsEndpoint(partition, variant);
  if (service === "signin" && !variant.fips && !variant.dualStack) {
    const domain = signInDomains[partition.id];
    if (domain !== undefined) {
      return { url: `https://${region}.${domain}`, signingRegion: region };
    }
  }
  const host = `${hosts[service]}${fipsMark(partition, variant)}`;
  return {
    url: `https://${host}.${region}.${suffixOf(partition, variant)}`,
    signingRegion: region,
  };
}

// The pages that people sign in on are under domains of their own.
const signInDomains: Readonly<Record<string, string>> = {
  aws: "signin.aws.amazon.com",
  "aws-cn": "signin.amazonaws.cn",
  "aws-us-gov": "signin.amazonaws-us-gov.com",
};

/** In GovCloud the usual endpoints are the validated ones; those with IPv6 are called apart. */
function fipsMark(partition: Partition, { fips, dualStack }: EndpointVariant): "" | "-fips" {
  return fips && (partition.id !== "aws-us-gov" || dualStack) ? "-fips" : "";
}

function suffixOf(partition: Partition, { dualStack }: EndpointVariant): string {
  return dualStack ? partition.dualStackSuffix : partition.suffix;
}

function iamEndpoint(partition: Partition, variant: EndpointVariant): Endpoint {
  const suffix = suffixOf(partition, variant);
  const signingRegion = partition.globalRegion;
  const mark = variant.fips ? "-fips" : "";
  if (partition.id === "aws-us-gov") return { url: `https://iam.us-gov.${suffix}`, signingRegion };
  if (variant.dualStack) return { url: `https://iam${mark}.global.${suffix}`, signingRegion };
  const place = partition.id === "aws" ? "" : `${signingRegion}.`;
  return { url: `https://iam${mark}.${place}${suffix}`, signingRegion };
}

function organizationsEndpoint(partition: Partition, variant: EndpointVariant): Endpoint {
  const signingRegion = partition.id === "aws-cn" ? "cn-northwest-1" : partition.globalRegion;
  const host = `organizations${fipsMark(partition, variant)}`;
  return { url: `https://${host}.${signingRegion}.${suffixOf(partition, variant)}`, signingRegion };
}
