import { afterAll, beforeAll, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";
import { makeCertificates } from "../support/certificates.ts";
import type { StandIn } from "../support/stand-in.ts";
import { startWorld } from "./world.ts";

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startWorld({ tls: true });
});
afterAll(() => standIn.stop());

function authority(): string {
  return readFileSync(standIn.authorityFile ?? "", "utf8");
}

test("the certificate is the authority's, for localhost and 127.0.0.1", () => {
  const { authorityCertificate, serverCertificate } = makeCertificates();
  const server = new X509Certificate(serverCertificate);
  const issuer = new X509Certificate(authorityCertificate);
  expect(issuer.ca).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.verify(issuer.publicKey)).toBe(true);
  expect(server.checkIssued(issuer)).toBe(true);
  expect(server.checkHost("localhost")).toBe("localhost");
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
});

test("a client that knows the authority gets in, by name and by address", async () => {
  for (const host of ["localhost", "127.0.0.1"]) {
    const reply = await fetch(`https://${host}:${standIn.sts.port}/`, {
      redirect: "manual",
      tls: { ca: authority() },
    });
    expect(reply.status).toBe(302);
  }
});

test("one that does not know it stays out", async () => {
  await expect(fetch(standIn.sts.url, { tls: { rejectUnauthorized: true } })).rejects.toThrow();
});

test("the protocol is TLS 1.3, and nothing older", async () => {
  const protocol = (maxVersion: "TLSv1.2" | "TLSv1.3") =>
    new Promise<string | null>((resolve, reject) => {
      const { port } = standIn.sts;
      const options = { port, host: "127.0.0.1", ca: authority(), maxVersion };
      const socket = connect(options, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on("error", reject);
    });
  expect(await protocol("TLSv1.3")).toBe("TLSv1.3");
  await expect(protocol("TLSv1.2")).rejects.toThrow();
});

test("the environment leads a program here, and its authority's file goes away", async () => {
  const other = await startWorld({ tls: true });
  expect(other.environment).toEqual({
    AWS_ENDPOINT_URL_STS: other.sts.url,
    AWS_ENDPOINT_URL_DYNAMODB: other.dynamodb.url,
    AWS_ENDPOINT_URL_IAM: expect.stringMatching(/^https:\/\/localhost:\d+$/),
    NODE_EXTRA_CA_CERTS: other.authorityFile ?? "",
  });
  const program = `console.log((await fetch("${other.sts.url}/", { redirect: "manual" })).status)`;
  const child = Bun.spawn([process.execPath, "-e", program], { env: { ...other.environment } });
  expect(await new Response(child.stdout).text()).toBe("302\n");
  await other.stop();
  expect(existsSync(other.authorityFile ?? "")).toBe(false);
});

test("a client that never begins the handshake does not keep it from stopping", async () => {
  const other = await startWorld({ tls: true });
  const socket = connectPlain({ port: other.sts.port, host: "127.0.0.1" });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  await other.stop();
  socket.destroy();
  expect(other.log.connections).toEqual([]);
});
