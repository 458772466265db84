import { describe, expect, test } from "bun:test";
import { certificatesOf, readAuthorities } from "../../src/aws/authorities.ts";
import { makeCertificates } from "../support/certificates.ts";
import { testHost } from "../support/test-host.ts";
import { configurationOf } from "./configuration.ts";

const one = makeCertificates().authorityCertificate.trim();
const two = makeCertificates().authorityCertificate.trim();

const read = (
  env: Record<string, string>,
  files: Record<string, string>,
  config = "",
): string | undefined => readAuthorities(testHost({ files }), configurationOf(env, config));

test("none is set: the usual authorities count", () => {
  expect(read({}, {})).toBeUndefined();
});

test("the variable comes before the profile's key; ~ is the home directory", () => {
  const files = { "/one.pem": one, "/home/user/two.pem": two };
  const config = "[default]\nca_bundle = ~/two.pem\n";
  expect(read({}, files, config)).toBe(`${two}\n`);
  expect(read({ AWS_CA_BUNDLE: "/one.pem" }, files, config)).toBe(`${one}\n`);
});

test("what stands around certificates does not matter", () => {
  const text = `# Company\r\n\r\n${one.replaceAll("\n", "\r\n")}\r\nsubject=x\n${two}`;
  expect(certificatesOf(text)?.length).toBe(2);
});

describe("refused, with the file's name:", () => {
  const broken: readonly [string, string | undefined, string][] = [
    ["missing", undefined, "is not there"],
    ["empty", "", "has no certificate in it"],
    ["garbage", "hello", "has no certificate in it"],
    [
      "a key",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
      "has no certificate in it",
    ],
    ["cut off", one.slice(0, 200), "has a damaged certificate in it"],
    ["a line lost", one.split("\n").toSpliced(3, 1).join("\n"), "has a damaged certificate in it"],
    ["the second one cut off", `${one}\n${two.slice(0, 100)}`, "has a damaged certificate in it"],
    [
      "no base64",
      "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
      "has a damaged certificate in it",
    ],
  ];
  test.each(broken)("%s", (_, text, problem) => {
    const files: Record<string, string> = text === undefined ? {} : { "/bundle.pem": text };
    expect(() => read({ AWS_CA_BUNDLE: "/bundle.pem" }, files)).toThrow(
      `the CA bundle \`/bundle.pem\` of \`AWS_CA_BUNDLE\` ${problem}`,
    );
  });

  test("a folder", () => {
    const config = "[default]\nca_bundle = /certificates\n";
    expect(() => read({}, { "/certificates/a.pem": one }, config)).toThrow(
      "the CA bundle `/certificates` of `ca_bundle` of profile `default` (/home/user/.aws/config:2) cannot be read (EISDIR)",
    );
  });
});
