import { AwsV4Signer } from "aws4fetch";
import type { Credentials } from "./credentials.ts";
import type { Service } from "./endpoints.ts";

/** A POST request to sign. */
export interface RequestToSign {
  readonly url: string;
  readonly service: Service | string;
  readonly region: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly credentials: Credentials;
  readonly now: Date;
}

/**
 * The request's headers with AWS Signature Version 4 in `authorization`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). The `host` header is
 * signed but left out, for fetch sets it itself.
 */
export async function signedHeaders(request: RequestToSign): Promise<Record<string, string>> {
  const { credentials } = request;
  const signer = new DirectSigner({
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
  });
  const signed = await signer.sign();
  return signed.headers.toJSON();
}

/**
 * The signer, hashing where it stands. By itself it asks WebCrypto for each of its seven hashes,
 * which has another thread do it: together 25 times what hashing them here takes.
 */
class DirectSigner extends AwsV4Signer {
  override async hexBodyHash(): Promise<string> {
    return this.headers.get("x-amz-content-sha256") ?? sha256(String(this.body ?? ""));
  }

  override async stringToSign(): Promise<string> {
    const hash = sha256(await this.canonicalString());
    return ["AWS4-HMAC-SHA256", this.datetime, this.credentialString, hash].join("\n");
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  override async signature(): Promise<string> {
    let key: string | Buffer = `AWS4${this.secretAccessKey}`;
    // The date, region, service and `aws4_request`.
    for (const part of this.credentialString.split("/")) key = hmac(key, part);
    return hmac(key, await this.stringToSign()).toString("hex");
  }
}

function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return new Bun.CryptoHasher("sha256", key).update(text).digest();
}
