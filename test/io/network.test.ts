import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { NetworkError } from "../../src/errors.ts";
import { realNetwork } from "../../src/io/network.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { type ConnectProxyOptions, startConnectProxy } from "../support/connect-proxy.ts";
import { pem } from "../support/der.ts";
import { type HttpOutcome, startHttpServer } from "../support/http-server.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that answers `connection N`, or as told. */
async function serve(certificates?: Certificates, outcome?: HttpOutcome) {
  let connections = 0;
  const server = await startHttpServer(
    {
      open: () => ++connections,
      handle: async (_, connection) =>
        outcome ?? { status: 200, headers: {}, body: `connection ${connection}` },
    },
    certificates,
  );
  stops.push(() => server.stop());
  return certificates === undefined
    ? `http://127.0.0.1:${server.port}/`
    : `https://localhost:${server.port}/`;
}

/** A server that sends these bytes to whoever asks, and then nothing. */
async function serveBytes(bytes: string): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

async function proxy(options?: ConnectProxyOptions) {
  const started = await startConnectProxy(options);
  stops.push(() => started.stop());
  return started;
}

const request = (url: string) =>
  ({ method: "GET", url, headers: {}, timeoutMilliseconds: 5000 }) as const;
const text = (reply: { readonly body: Uint8Array }) => new TextDecoder().decode(reply.body);

describe("a reply that is longer than any of AWS's is cut", () => {
  const much = new Uint8Array(48 << 20);
  const head = (headers: string) => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`;

  test.each<[string, () => Promise<string>]>([
    [
      "by its length",
      () => serveBytes(`${head(`Content-Length: ${40 << 20}`)}${"x".repeat(34 << 20)}`),
    ],
    ["as it comes", () => serveBytes(`${head("Connection: close")}${"x".repeat(34 << 20)}`)],
    [
      "unpacked",
      () =>
        serve(undefined, {
          status: 200,
          headers: { "content-encoding": "gzip" },
          body: Bun.gzipSync(much),
        }),
    ],
  ])("%s", async (_, start) => {
    const { exchange } = realNetwork({});
    const error = await exchange(request(await start())).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NetworkError);
    expect(String(error)).toContain("longer than 32 MB");
  });

  test("one that comes in pieces is whole", async () => {
    const pieces = "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    const url = await serveBytes(`${head("Transfer-Encoding: chunked")}${pieces}`);
    expect(text(await realNetwork({}).exchange(request(url)))).toBe("abcdefg");
  });
});
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => {
      if (error instanceof NetworkError) return error;
      throw error;
    },
  );

describe("time limits", () => {
  test("nothing comes", async () => {
    const url = await serve(undefined, "stall");
    const error = await failure(
      realNetwork({}).exchange({ ...request(url), timeoutMilliseconds: 30 }),
    );
    expect(error).toMatchObject({ reason: "timeout", reached: true });
    expect(error.message).toBe("nothing came within 0.03 s");
  });

  test("the reply begins and does not end", async () => {
    const url = await serveBytes("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
    const error = await failure(
      realNetwork({}).exchange({ ...request(url), timeoutMilliseconds: 30 }),
    );
    expect(error).toMatchObject({ reason: "timeout", reached: true });
    expect(error.message).toBe("the reply did not come to its end within 0.06 s");
  });
});

describe("certificates", () => {
  test("the authorities that are given count, and connections are kept all the same", async () => {
    const certificates = makeCertificates();
    const url = await serve(certificates);
    const network = realNetwork({});
    const authorities = certificates.authorityCertificate;
    for (let count = 0; count < 3; count++) {
      // Not the same string twice: what counts is its content.
      const given = { ...request(url), authorities: `${authorities}` };
      expect(text(await network.exchange(given))).toBe("connection 1");
    }
  });

  test("a bundle with a certificate that is none is called so", async () => {
    const url = await serve(makeCertificates());
    const der = Buffer.concat([Uint8Array.of(0x30, 0x81, 200), Buffer.alloc(200, 7)]);
    const authorities = pem("CERTIFICATE", der);
    const error = await failure(realNetwork({}).exchange({ ...request(url), authorities }));
    expect(error).toMatchObject({ reason: "certificate", reached: false });
    expect(error.message).toContain("CA bundle");
  });

  test("a server of other authorities is no server", async () => {
    const url = await serve(makeCertificates());
    const { authorityCertificate: authorities } = makeCertificates();
    for (const given of [{}, { authorities }]) {
      const error = await failure(realNetwork({}).exchange({ ...request(url), ...given }));
      expect(error).toMatchObject({ reason: "certificate", reached: false });
    }
  });
});

test("a POST on a connection that is cut before the reply is not sent again behind letme's back", async () => {
  const certificates = makeCertificates();
  for (const encrypted of [undefined, certificates]) {
    const seen: string[] = [];
    const server = await startHttpServer(
      {
        open: () => 1,
        handle: async ({ method }) => {
          seen.push(method);
          return method === "GET" ? { status: 200, headers: {}, body: "" } : "cut";
        },
      },
      encrypted,
    );
    stops.push(() => server.stop());
    const network = realNetwork({});
    const url = `${encrypted === undefined ? "http" : "https"}://localhost:${server.port}/`;
    const given = { ...request(url), authorities: certificates.authorityCertificate };
    await network.exchange(given);
    const error = await failure(network.exchange({ ...given, method: "POST", body: "code" }));
    expect(error).toMatchObject({ reason: "broken", reached: true });
    expect(seen).toEqual(["GET", "POST"]);
  }
});

test("a server that speaks no TLS is told from a cut connection: nothing of the request was sent", async () => {
  const url = (await serveBytes("HTTP/1.1 400 Bad Request\r\n\r\n")).replace("http:", "https:");
  const error = await failure(realNetwork({}).exchange(request(url)));
  expect(error).toMatchObject({ reason: "tls", reached: false });
  expect(error.message).toBe("the TLS handshake failed (EPROTO)");
});

test("a kept connection that the server has closed meanwhile is not used again", async () => {
  const closed = Promise.withResolvers<void>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => undefined);
    socket.on("close", () => closed.resolve());
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      setImmediate(() => socket.end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  const network = realNetwork({});
  await network.exchange(request(url));
  await closed.promise;
  const again = { ...request(url), method: "POST", body: "code" } as const;
  expect((await network.exchange(again)).status).toBe(200);
  expect(connections).toBe(2);
});

describe("proxies", () => {
  test("an https request goes through a tunnel, and the next one through the same", async () => {
    const certificates = makeCertificates();
    const url = await serve(certificates);
    const through = await proxy({ credentials: "user:p@ss:/word" });
    const network = realNetwork({
      HTTPS_PROXY: through.url.replace("//", "//user:p%40ss%3A%2Fword@"),
    });
    const given = { ...request(url), authorities: certificates.authorityCertificate };
    for (let count = 0; count < 3; count++) {
      const reply = await network.exchange(given);
      expect(text(reply)).toBe("connection 1");
      expect(reply.via).toBe(`\`${through.url}\` (HTTPS_PROXY)`);
    }
    expect(through.requests).toEqual([`CONNECT ${new URL(url).host} HTTP/1.1`]);
  });

  test.each([
    ["https", 407, "it wants a user and a password, or others than it was given"],
    ["https", 403, "it let no connection through (HTTP 403)"],
    ["http", 407, "it wants a user and a password, or others than it was given"],
  ])("one that refuses an %s request with %d", async (scheme, refuseWith, message) => {
    const through = await proxy({ refuseWith });
    const env = { ALL_PROXY: through.url.replace("//", "//user:secret@") };
    const error = await failure(realNetwork(env).exchange(request(`${scheme}://localhost:9/`)));
    expect(error).toMatchObject({ reason: "proxy", reached: false, message });
    expect(error.via).toBe(`\`${through.url}\` (ALL_PROXY)`);
  });

  test("one that has trouble of its own may be tried again", async () => {
    const through = await proxy({ refuseWith: 503 });
    const network = realNetwork({ HTTPS_PROXY: through.url });
    const error = await failure(network.exchange(request("https://localhost:9/")));
    expect(error).toMatchObject({ reason: "connect", reached: false });
    expect(error.message).toBe("it let no connection through (HTTP 503)");
  });

  test("one that is not there", async () => {
    const env = { HTTPS_PROXY: "http://user:secret@127.0.0.1:9" };
    const error = await failure(realNetwork(env).exchange(request("https://localhost:1/")));
    expect(error).toMatchObject({ reason: "connect", reached: false });
    expect(error.via).toBe("`http://127.0.0.1:9` (HTTPS_PROXY)");
  });

  test("a direct request goes past every proxy, those of the process too", async () => {
    const through = await proxy();
    const url = await serve();
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"] as const;
    const before = names.map((name) => process.env[name]);
    try {
      for (const name of names) process.env[name] = through.url;
      const network = realNetwork(process.env);
      expect(text(await network.exchange({ ...request(url), direct: true }))).toBe("connection 1");
      expect(through.requests).toEqual([]);
      await network.exchange(request(url));
      expect(through.requests).toEqual([`GET ${url} HTTP/1.1`]);
    } finally {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      }
    }
  });
});

test("a redirect is not followed", async () => {
  const elsewhere = await serve();
  const url = await serve(undefined, { status: 307, headers: { location: elsewhere }, body: "" });
  expect((await realNetwork({}).exchange(request(url))).status).toBe(307);
});
