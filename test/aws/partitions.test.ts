import { expect, test } from "bun:test";
import { checkPartitions, partitionOf, partitionOfArn } from "../../src/aws/partitions.ts";

test.each([
  ["eu-west-1", "aws"],
  ["mx-central-1", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
  ["us-iso-east-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-south-1", "aws-iso-f"],
  ["xx-unknown-1", "aws"],
])("%s is of the partition %s", (region, partition) => {
  expect(partitionOf(region).id).toBe(partition);
});

test.each([
  ["arn:aws:iam::111111111111:role/a", "aws"],
  ["arn:aws-us-gov:iam::111111111111:mfa/a", "aws-us-gov"],
  ["GAHT12345678", undefined],
  ["arn", undefined],
])("%s: %p", (arn, partition) => {
  expect(partitionOfArn(arn)).toBe(partition);
});

const role = (partition: string) => ({
  arn: `arn:${partition}:iam::111111111111:role/a`,
  what: "the role of `a`",
});

test("ARNs of the region's partition pass, and so do bare serial numbers", () => {
  checkPartitions("eu-west-1", [role("aws"), { arn: "GAHT12345678", what: "the MFA device" }]);
  checkPartitions("cn-north-1", [role("aws-cn")]);
});

test("a region that no pattern knows lets every partition pass", () => {
  checkPartitions("local", [role("aws-cn"), role("aws")]);
});

test.each([
  ["eu-west-1", "aws-us-gov", "aws"],
  ["us-gov-west-1", "aws", "aws-us-gov"],
  ["cn-north-1", "aws", "aws-cn"],
])("in %s, a role of %s is refused", (region, partition, own) => {
  expect(() => checkPartitions(region, [role(own), role(partition)])).toThrow(
    `the role of \`a\` \`arn:${partition}:iam::111111111111:role/a\` is of the partition ${partition}, the source's region ${region} of ${own}`,
  );
});
