import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signedHeaders } from "../../src/aws/signing.ts";

// AWS's own Signature Version 4 suite; its POST cases.
const suite = join(import.meta.dir, "../../../shared/conformance/sigv4");
const isThere = existsSync(suite);

describe.if(isThere)(
  `AWS's Signature Version 4 suite${isThere ? "" : " (its folder is missing)"}`,
  () => {
    const cases = isThere ? readdirSync(suite).filter((name) => name.startsWith("post-")) : [""];

    test.each(cases)("%s", async (name) => {
      const read = (file: string) => readFileSync(join(suite, name, file), "utf8");
      const context = JSON.parse(read("context.json"));
      const [head = "", body = ""] = read("request.txt").split(/\r?\n\r?\n/);
      const [requestLine = "", ...headerLines] = head.split(/\r?\n/);
      const target = requestLine.split(" ")[1] ?? "/";
      const headers: Record<string, string> = {};
      let host = "";
      for (const line of headerLines.filter((one) => one !== "")) {
        const [key = "", value = ""] = line.split(/:(.*)/s);
        if (key.toLowerCase() === "host") host = value;
        else headers[key] = value;
      }
      if (context.sign_body) {
        const hash = new Bun.CryptoHasher("sha256").update(body).digest("hex");
        headers["x-amz-content-sha256"] = hash;
      }
      const signed = await signedHeaders({
        url: `https://${host}${target}`,
        service: context.service,
        region: context.region,
        headers,
        body,
        credentials: {
          accessKeyId: context.credentials.access_key_id,
          secretAccessKey: context.credentials.secret_access_key,
          // Some services get the token after signing; then it is no part of the signature.
          ...(context.omit_session_token ? {} : { sessionToken: context.credentials.token }),
        },
        now: new Date(context.timestamp),
      });
      expect(signed["authorization"]).toEndWith(`Signature=${read("header-signature.txt").trim()}`);
    });
  },
);

test("the host is signed and left out: fetch sets it itself", async () => {
  const signed = await signedHeaders({
    url: "https://sts.eu-west-1.amazonaws.com/",
    service: "sts",
    region: "eu-west-1",
    headers: { Host: "elsewhere.example", "content-type": "text/plain" },
    body: "",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x", sessionToken: "t" },
    now: new Date(0),
  });
  expect(Object.keys(signed).sort()).toEqual([
    "authorization",
    "content-type",
    "x-amz-date",
    "x-amz-security-token",
  ]);
  expect(signed["authorization"]).toContain("SignedHeaders=content-type;host;");
});
