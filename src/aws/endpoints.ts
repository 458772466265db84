import { LetmeError } from "../errors.ts";
import { isRegionLabel } from "../region-form.ts";
import type { ConfiguredValue } from "./configuration.ts";
import { awsEndpoint, type Endpoint, type Service } from "./endpoint-rules.ts";
import type { EndpointSettings } from "./endpoint-settings.ts";

export type { Endpoint, Service } from "./endpoint-rules.ts";

/**
 * Where a service answers for a region: the URL that the user set, else AWS's own. Throws a
 * `configuration` error for a URL or region that cannot be one, and for the combinations that AWS's
 * rules refuse: FIPS or dual-stack with an endpoint of one's own.
 */
export function endpointOf(service: Service, region: string, settings: EndpointSettings): Endpoint {
  if (!isRegionLabel(region)) {
    throw new LetmeError("configuration", `\`${region}\` is not an AWS region`, {
      hint: "a region looks like `eu-west-1`",
    });
  }
  const { fips, dualStack } = settings;
  const custom = settings.urls[service];
  if (custom !== undefined) {
    refuseVariants(settings, `an endpoint of your own (${custom.origin})`);
    // AWS's rules say nothing of a signing region here: the configured one stays.
    return { url: checkedUrl(custom, service), signingRegion: region };
  }
  if (service === "dynamodb" && region === "local") {
    refuseVariants(settings, "the region `local`");
    return { url: "http://localhost:8000", signingRegion: "us-east-1" };
  }
  return awsEndpoint(service, region, {
    fips: fips !== undefined,
    dualStack: dualStack !== undefined,
  });
}

/** The URL that the user set for a service, where it is another than AWS's own. */
export function ownUrlOf(
  service: Service,
  region: string,
  settings: EndpointSettings,
): string | undefined {
  if (settings.urls[service] === undefined) return undefined;
  const { url } = endpointOf(service, region, settings);
  return url === endpointOf(service, region, { ...settings, urls: {} }).url ? undefined : url;
}

function refuseVariants({ fips, dualStack }: EndpointSettings, beside: string): void {
  const on = fips ?? dualStack;
  if (on === undefined) return;
  const what = fips === undefined ? "dual-stack" : "FIPS";
  throw new LetmeError(
    "configuration",
    `${what} endpoints (${on.origin}) and ${beside} are both set, which AWS does not allow`,
    {
      hint: "leave one of the two out; `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` passes over endpoint URLs",
    },
  );
}

function checkedUrl({ value, origin }: ConfiguredValue, service: Service): string {
  const url = URL.parse(value);
  const isEndpoint =
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === "";
  if (!isEndpoint) {
    throw new LetmeError("configuration", `${origin} is not an http or https URL`, {
      hint: `set it to something like \`https://vpce-0abc.${service}.eu-west-1.vpce.amazonaws.com\`, or unset it`,
    });
  }
  return value.replace(/(?<!\/)\/+$/, "");
}
