import { expect, test } from "bun:test";
import { withoutSecrets } from "../../src/aws/redaction.ts";

const token = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+abc==";

test("the request that AWS would have signed is left out", () => {
  const text = `The request signature we calculated does not match. Consult the documentation.

The Canonical String for this request should have been
'POST
/

x-amz-security-token:${token}
'

The String-to-Sign should have been …`;
  expect(withoutSecrets(text, [token])).toBe(
    "The request signature we calculated does not match. Consult the documentation.",
  );
});

test.each<[string, string]>([
  ["as it is", token],
  ["in a query", encodeURIComponent(token)],
  ["in a form", new URLSearchParams({ t: token }).toString().slice(2)],
  ["cut off", token.slice(0, 40)],
])("a token %s", (_, shown) => {
  expect(withoutSecrets(`before ${shown} behind`, [token])).toBe("before [hidden] behind");
});

test("in JSON, short ones, and signatures", () => {
  const odd = 'sec"ret\\key';
  expect(withoutSecrets(JSON.stringify({ key: odd }), [odd])).toBe('{"key":"[hidden]"}');
  expect(withoutSecrets("SignedHeaders=host, Signature=0a1b2c", [])).toBe(
    "SignedHeaders=host, Signature=[hidden]",
  );
  expect(withoutSecrets("nothing of it", ["", token])).toBe("nothing of it");
});

test("a code is none within a longer number", () => {
  expect(withoutSecrets("code 123456 of arn:aws:iam::123456789012:mfa/u", ["123456"])).toBe(
    "code [hidden] of arn:aws:iam::123456789012:mfa/u",
  );
});
