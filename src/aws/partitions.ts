import { LetmeError } from "../errors.ts";

/** One AWS partition: which regions belong to it and which domains its endpoints are under. */
export interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  readonly suffix: string;
  /** The domain of the endpoints that answer over IPv4 and IPv6. */
  readonly dualStackSuffix: string;
  /** Where the services that have no regions, IAM for one, are signed for. */
  readonly globalRegion: string;
}

// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
// and the `partitions.json` that AWS's SDKs carry.
const commercial: Partition = {
  id: "aws",
  regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  suffix: "amazonaws.com",
  dualStackSuffix: "api.aws",
  globalRegion: "us-east-1",
};

const partitions: readonly Partition[] = [
  commercial,
  {
    id: "aws-cn",
    regions: /^cn-/,
    suffix: "amazonaws.com.cn",
    dualStackSuffix: "api.amazonwebservices.com.cn",
    globalRegion: "cn-north-1",
  },
  {
    id: "aws-us-gov",
    regions: /^us-gov-/,
    suffix: "amazonaws.com",
    dualStackSuffix: "api.aws",
    globalRegion: "us-gov-west-1",
  },
  {
    id: "aws-eusc",
    regions: /^eusc-(de)-/,
    suffix: "amazonaws.eu",
    dualStackSuffix: "api.amazonwebservices.eu",
    globalRegion: "eusc-de-east-1",
  },
  {
    id: "aws-iso",
    regions: /^us-iso-/,
    suffix: "c2s.ic.gov",
    dualStackSuffix: "api.aws.ic.gov",
    globalRegion: "us-iso-east-1",
  },
  {
    id: "aws-iso-b",
    regions: /^us-isob-/,
    suffix: "sc2s.sgov.gov",
    dualStackSuffix: "api.aws.scloud",
    globalRegion: "us-isob-east-1",
  },
  {
    id: "aws-iso-e",
    regions: /^eu-isoe-/,
    suffix: "cloud.adc-e.uk",
    dualStackSuffix: "api.cloud-aws.adc-e.uk",
    globalRegion: "eu-isoe-west-1",
  },
  {
    id: "aws-iso-f",
    regions: /^us-isof-/,
    suffix: "csp.hci.ic.gov",
    dualStackSuffix: "api.aws.hci.ic.gov",
    globalRegion: "us-isof-south-1",
  },
];

/** The partition of a region; a region that no pattern knows counts as commercial, as in the SDKs. */
export function partitionOf(region: string): Partition {
  return knownPartition(region) ?? commercial;
}

function knownPartition(region: string): Partition | undefined {
  return partitions.find((partition) => partition.regions.test(region));
}

/**
 * The partition in an ARN, as in `aws-cn`; undefined for a text that is no ARN: an MFA device may
 * go by a bare serial number.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOfArn(arn: string): string | undefined {
  return /^arn:([a-z][a-z-]*):/.exec(arn)?.[1];
}

/**
 * Refuses ARNs of another partition than the region's: credentials of one partition are unknown in
 * every other, so that STS could only refuse. A region that no pattern knows is let pass, since its
 * partition is a guess. Throws a `configuration` error that names the ARN.
 */
export function checkPartitions(
  region: string,
  arns: readonly { readonly arn: string; readonly what: string }[],
): void {
  const own = knownPartition(region)?.id;
  if (own === undefined) return;
  for (const { arn, what } of arns) {
    const partition = partitionOfArn(arn);
    if (partition === undefined || partition === own) continue;
    throw new LetmeError(
      "configuration",
      `${what} \`${arn}\` is of the partition ${partition}, the source's region ${region} of ${own}`,
      {
        hint: `credentials of one partition are good for no other: use a source profile and a region of ${partition}, a context of their own for instance`,
      },
    );
  }
}
