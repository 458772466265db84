import { describe, expect, test } from "bun:test";
import { proxyFor } from "../../src/io/proxy.ts";

const sts = "https://sts.eu-west-1.amazonaws.com/";

test.each<[string, Record<string, string>, string, string | undefined]>([
  ["none", {}, sts, undefined],
  ["for https", { HTTPS_PROXY: "http://p:1" }, sts, "`http://p:1` (HTTPS_PROXY)"],
  ["not for https", { HTTP_PROXY: "http://p:1" }, sts, undefined],
  ["for http", { HTTP_PROXY: "http://p:1" }, "http://x/", "`http://p:1` (HTTP_PROXY)"],
  ["for all", { ALL_PROXY: "http://p:1" }, sts, "`http://p:1` (ALL_PROXY)"],
  [
    "its own before that for all",
    { ALL_PROXY: "http://p:1", https_proxy: "http://q:2" },
    sts,
    "`http://q:2` (https_proxy)",
  ],
  [
    "lowercase first",
    { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:2" },
    sts,
    "`http://q:2` (https_proxy)",
  ],
  [
    "blank counts as none",
    { HTTPS_PROXY: "http://p:1", https_proxy: " " },
    sts,
    "`http://p:1` (HTTPS_PROXY)",
  ],
  [
    "without a scheme",
    { HTTPS_PROXY: "proxy.example.com:3128" },
    sts,
    "`http://proxy.example.com:3128` (HTTPS_PROXY)",
  ],
  ["over TLS", { HTTPS_PROXY: "https://p:1" }, sts, "`https://p:1` (HTTPS_PROXY)"],
  [
    "the password is not shown",
    { HTTPS_PROXY: "http://u:secret@p:1" },
    sts,
    "`http://p:1` (HTTPS_PROXY)",
  ],
])("%s", (_, env, url, shown) => {
  expect(proxyFor(url, env)?.shown).toBe(shown as string);
});

test("user and password stay as they were written", () => {
  const proxy = proxyFor(sts, { HTTPS_PROXY: "http://us%3Aer:p%40ss%2F@p:1" });
  expect(proxy?.url).toBe("http://us%3Aer:p%40ss%2F@p:1/");
});

describe("NO_PROXY", () => {
  test.each([
    ["*", sts, true],
    ["sts.eu-west-1.amazonaws.com", sts, true],
    ["STS.EU-WEST-1.AMAZONAWS.COM", sts, true],
    ["amazonaws.com", sts, true],
    [".amazonaws.com", sts, true],
    ["*.amazonaws.com", sts, true],
    ["zonaws.com", sts, false],
    ["example.com, amazonaws.com", sts, true],
    ["example.com amazonaws.com", sts, true],
    ["amazonaws.com:443", sts, true],
    ["amazonaws.com:8443", sts, false],
    ["localhost:8000", "http://localhost:8000/", true],
    ["127.0.0.1", "http://127.0.0.1:8000/", true],
    ["127.0.0.0/8", "http://127.9.0.1:8000/", true],
    ["10.1.0.0/16", "http://10.1.255.1/", true],
    ["10.1.0.0/16", "http://10.2.0.1/", false],
    ["0.0.0.0/0", "http://10.2.0.1/", true],
    ["10.0.0.0/8", sts, false],
    ["::1", "http://[::1]:8000/", true],
    ["[::1]:8000", "http://[::1]:8000/", true],
    ["[::1]:8001", "http://[::1]:8000/", false],
    ["", sts, false],
    [".", sts, false],
  ])("%j and %s: %p", (list, url, exempt) => {
    const env = { ALL_PROXY: "http://p:1", NO_PROXY: list };
    expect(proxyFor(url, env) === undefined).toBe(exempt);
  });
});

test.each(["socks5://secret@p:1", "http://", "http://:1"])("%s is refused", (value) => {
  const find = () => proxyFor(sts, { HTTPS_PROXY: value });
  expect(find).toThrow("`HTTPS_PROXY` is not the http or https URL of a proxy");
});
