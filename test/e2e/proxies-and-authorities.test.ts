import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { makeCertificates } from "../support/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../support/connect-proxy.ts";
import { settleIn, startOrganisation } from "../support/organisation.ts";
import { type Home, newHome, runLetme } from "../support/run-letme.ts";
import type { StandIn } from "../support/stand-in.ts";

let standIn: StandIn;
let home: Home;
const proxies: ConnectProxy[] = [];

beforeAll(async () => {
  standIn = await startOrganisation({ tls: true, key: "name" });
});
afterAll(() => standIn.stop());
beforeEach(() => {
  standIn.log.clear();
  home = newHome();
  settleIn(home);
});
afterEach(async () => {
  for (const one of proxies.splice(0)) await one.stop();
  home.dispose();
});

const letme = (args: readonly string[], environment: Record<string, string | undefined> = {}) =>
  runLetme(args, { home, environment: { ...standIn.environment, ...environment } });

async function proxy(options?: Parameters<typeof startConnectProxy>[0]): Promise<ConnectProxy> {
  const started = await startConnectProxy(options);
  proxies.push(started);
  return started;
}

describe("a proxy", () => {
  const tunnels = () =>
    [standIn.dynamodb.port, standIn.sts.port].map((port) => `CONNECT localhost:${port} HTTP/1.1`);

  test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])("by %s", async (name) => {
    const through = await proxy();
    const run = await letme(["obtain", "example1", "--debug"], { [name]: through.url });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect([...through.requests].sort()).toEqual(tunnels().sort());
    expect(run.stderr).toContain(`through the proxy \`${through.url}\` (${name})`);
    // Each connection is opened once and kept, as without a proxy.
    expect(standIn.log.connections.length).toBe(2);
  });

  test("with a user and a password", async () => {
    const through = await proxy({ credentials: "DOMAIN\\user:p@ss/w:rd" });
    const run = await letme(["obtain", "example1", "--debug"], {
      HTTPS_PROXY: through.url.replace("//", "//DOMAIN%5Cuser:p%40ss%2Fw%3Ard@"),
    });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(through.requests.length).toBe(2);
    expect(run.stderr).not.toMatch(/p@ss|p%40ss|DOMAIN/);
  });

  test("with a wrong password, which is shown nowhere", async () => {
    const through = await proxy({ credentials: "user:right" });
    const run = await letme(["list", "--debug"], {
      HTTPS_PROXY: through.url.replace("//", "//user:wr0ngpass@"),
      BUN_CONFIG_VERBOSE_FETCH: "curl",
    });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      `letme: no answer from \`localhost:${standIn.dynamodb.port}\` through the proxy \`${through.url}\` (HTTPS_PROXY): it wants a user and a password, or others than it was given\n`,
    );
    expect(run.stderr).toContain("HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT");
    expect(run.stderr + run.stdout).not.toContain("wr0ngpass");
    expect(run.stderr + run.stdout).not.toContain(btoa("user:wr0ngpass"));
    expect(through.requests.length).toBe(1);
    expect(standIn.log.connections).toEqual([]);
  });

  test("that lets nothing through", async () => {
    const through = await proxy({ refuseWith: 403 });
    const run = await letme(["list"], { HTTPS_PROXY: through.url });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("(HTTPS_PROXY): it let no connection through (HTTP 403)");
  });

  test("that is not there", async () => {
    const run = await letme(["list"], { HTTPS_PROXY: "http://user:secret@127.0.0.1:9" });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      "through the proxy `http://127.0.0.1:9` (HTTPS_PROXY): no connection",
    );
    expect(run.stderr).toContain("hint: check the proxy; `NO_PROXY`");
    expect(run.stderr).not.toContain("secret");
  });

  test("of a kind that letme does not speak", async () => {
    const run = await letme(["list"], { ALL_PROXY: "socks5://user:secret@127.0.0.1:9" });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("`ALL_PROXY` is not the http or https URL of a proxy");
    expect(run.stderr).not.toContain("secret");
  });

  test.each([
    ["NO_PROXY", "localhost"],
    ["no_proxy", "example.com, .localhost"],
    ["NO_PROXY", "*"],
  ])("passed over by %s=%s", async (name, value) => {
    const through = await proxy({ refuseWith: 403 });
    const run = await letme(["list"], { HTTPS_PROXY: through.url, [name]: value });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(through.requests).toEqual([]);
  });
});

describe("a private CA", () => {
  const bare = { NODE_EXTRA_CA_CERTS: undefined };
  const authority = () => standIn.authorityFile ?? "";

  test.each(["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])("by %s", async (name) => {
    const run = await letme(["obtain", "example1"], { ...bare, [name]: authority() });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(standIn.log.connections.length).toBe(2);
  });

  test("by the profile's ca_bundle", async () => {
    home.write(".aws/config", `[default]\nca_bundle = ${authority()}\n`);
    const run = await letme(["obtain", "example1"], bare);
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(standIn.log.connections.length).toBe(2);
  });

  // Its store is the one that a test can fill without being its administrator.
  test.if(process.platform === "linux")("by the operating system's store", async () => {
    home.write("certificates/company.pem", await Bun.file(authority()).text());
    const run = await letme(["obtain", "example1"], {
      ...bare,
      SSL_CERT_DIR: `${home.path}/certificates`,
    });
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(standIn.log.entries.map((entry) => entry.operation).sort()).toEqual([
      "AssumeRole",
      "GET /",
      "Query",
    ]);
  });

  test("known to nobody", async () => {
    const run = await letme(["list"], bare);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("its TLS certificate is not trusted");
    expect(run.stderr).toContain("hint: if a company's proxy");
    expect(standIn.log.entries).toEqual([]);
  });

  test("AWS_CA_BUNDLE stands in place of all others", async () => {
    const other = home.write("other.pem", makeCertificates().authorityCertificate);
    const run = await letme(["list"], { AWS_CA_BUNDLE: other, SSL_CERT_FILE: authority() });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("its TLS certificate is not trusted");
    expect(run.stderr).toContain("hint: only the CAs of the bundle that is set count");
  });

  test.each([
    ["missing", undefined, "is not there"],
    ["garbage", "garbage", "has no certificate in it"],
    ["cut off", "-----BEGIN CERTIFICATE-----\nMIIB\n", "has a damaged certificate in it"],
  ])("in a bundle that is broken: %s", async (_, text, problem) => {
    const path = `${home.path}/bundle.pem`;
    if (text !== undefined) home.write("bundle.pem", text);
    const run = await letme(["list"], { AWS_CA_BUNDLE: path });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      `letme: the CA bundle \`${path}\` of \`AWS_CA_BUNDLE\` ${problem}\n`,
    );
    expect(standIn.log.entries).toEqual([]);
  });

  test("in a file of NODE_EXTRA_CA_CERTS that is not there", async () => {
    const run = await letme(["list"], { NODE_EXTRA_CA_CERTS: "/nowhere.pem" });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      "hint: correct `NODE_EXTRA_CA_CERTS`: the file `/nowhere.pem` is not there\n",
    );
  });

  test("through a proxy", async () => {
    const through = await proxy();
    const environment = { ...bare, AWS_CA_BUNDLE: authority(), HTTPS_PROXY: through.url };
    const run = await letme(["list"], environment);
    expect(`${run.exitCode} ${run.stderr}`).toMatch(/^0 /);
    expect(through.requests.length).toBe(1);
  });
});
