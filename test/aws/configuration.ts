import type { AwsConfiguration } from "../../src/aws/configuration.ts";
import { locateSharedFiles } from "../../src/profiles/locations.ts";
import { readSharedFiles } from "../../src/profiles/reader.ts";
import { testHost } from "../support/test-host.ts";

/** What letme reads of these variables and this config file, with `default` as the profile in use. */
export function configurationOf(
  env: Readonly<Record<string, string | undefined>>,
  config = "",
): AwsConfiguration {
  const host = testHost({ files: { "/home/user/.aws/config": config } });
  const shared = readSharedFiles(host, locateSharedFiles(host));
  return {
    env,
    profile: shared.profile("default"),
    services: (name) => shared.services(name),
  };
}
