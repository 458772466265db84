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
  ["without its beginning", token.slice(25)],
  ["a piece of it", token.slice(36, 52)],
  ["in a query, in lower case", encodeURIComponent(token).replaceAll("%2F", "%2f")],
  ["in a query in a query", encodeURIComponent(encodeURIComponent(token))],
  ["in JSON that escapes slashes", token.replaceAll("/", "\\/")],
  ["in JSON, by numbers", token.replace(/[/+=E]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)],
  ["in HTML, by numbers", token.replaceAll("/", "&#x2F;").replaceAll("+", "&#43;")],
  ["in HTML, by names", token.replaceAll("/", "&sol;").replaceAll("+", "&plus;")],
  ["in HTML in HTML", token.replaceAll("/", "&amp;#x2f;")],
  ["in capitals", token.toUpperCase()],
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
  // No key has one letter; tests have.
  expect(withoutSecrets("nothing of it", ["n"])).toBe("nothing of it");
});

test("in pieces", () => {
  for (const between of ["\n", ":", ' "']) {
    const pieces = token.match(/.{1,8}/g)?.join(between) ?? "";
    expect(withoutSecrets(`before ${pieces} behind`, [token])).toBe("[hidden]");
  }
});

test.each(["YOUR_SECRET_ACCESS_KEY", "my-secret-access-key", "DUMMYSECRETACCESSKEY"])(
  "a placeholder for a key does not hide what AWS says of it: %s",
  (placeholder) => {
    const text =
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
    expect(withoutSecrets(text, [placeholder])).toBe(text);
  },
);

test("what is around a token stays, and so does what only looks like one", () => {
  const text = `token=${token.slice(3)}&user=someone, arn:aws:iam::123456789012:role/${"r".repeat(40)}`;
  expect(withoutSecrets(text, [token])).toBe(
    `token=[hidden]&user=someone, arn:aws:iam::123456789012:role/${"r".repeat(40)}`,
  );
  expect(withoutSecrets(`${token.slice(0, 11)} is too little`, [token])).toStartWith("IQoJ");
});

// A text that grows takes no longer than one of the length that counts: these would take hours.
test.each<[string, (length: number) => string]>([
  ["blanks", (length) => " ".repeat(length)],
  ["one long run", (length) => "a".repeat(length)],
  ["escapes", (length) => "\\".repeat(length)],
  ["entities that are none", (length) => "&#".repeat(length)],
  ["percent signs", (length) => "%".repeat(length)],
])("a reason without end ends: %s", (_, textOf) => {
  const shown = withoutSecrets(`${textOf(4_000_000)}x`, [token, "abc", "123456"]);
  expect(shown.length).toBeLessThan(20_000);
});

test("a code is none within a longer number", () => {
  expect(withoutSecrets("code 123456 of arn:aws:iam::123456789012:mfa/u", ["123456"])).toBe(
    "code [hidden] of arn:aws:iam::123456789012:mfa/u",
  );
});
