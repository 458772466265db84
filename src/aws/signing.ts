import { AwsV4Signer } from "aws4fetch";
import type { Credentials } from "./credentials.ts";
import type { Service } from "./endpoints.ts";

/**
 * The signing keys of a run, by what they are derived from. They are good for one day, region and
 * service, and deriving one is most of what a signature costs.
 */
export type SigningKeys = Map<string, ArrayBuffer>;

/** A POST request to sign. */
export interface RequestToSign {
  readonly url: string;
  readonly service: Service | string;
  readonly region: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly credentials: Credentials;
  readonly now: Date;
  readonly keys: SigningKeys;
}

/**
 * The request's headers with AWS Signature Version 4 in `authorization`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). The `host` header is
 * signed but left out, for fetch sets it itself.
 */
export async function signedHeaders(request: RequestToSign): Promise<Record<string, string>> {
  const { credentials } = request;
  const signer = new AwsV4Signer({
    method: "POST",
    url: request.url,
    headers: { ...request.headers },
    body: request.body,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    service: request.service,
    region: request.region,
    datetime: request.now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
    allHeaders: true,
    cache: request.keys,
  });
  const signed = await signer.sign();
  const headers: Record<string, string> = {};
  for (const [name, value] of new Headers(signed.headers)) {
    if (name !== "host") headers[name] = value;
  }
  return headers;
}
