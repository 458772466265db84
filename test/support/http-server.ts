import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificates } from "./certificates.ts";
import { type HttpRequest, HttpRequestReader } from "./http-request.ts";

/**
 * An HTTP/1.1 server on raw sockets. Not `node:http`: a test must see each TCP connection, and must
 * be able to cut one in the middle of a reply.
 */
export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * What to do with a connection: a reply, `cut` (close without one), `cut-after-headers` (the head
 * and half of the body, then close), `stall` (never a byte).
 */
export type HttpOutcome = HttpReply | "cut" | "stall" | { readonly cutAfterHeaders: HttpReply };

export interface HttpHandlers {
  /** A connection is open (TLS: its handshake is done); gives back what requests on it carry. */
  open(): number;
  handle(request: HttpRequest, connection: number): Promise<HttpOutcome>;
}

/** Starts on a random port of 127.0.0.1; with certificates, TLS 1.3 only. */
export async function startHttpServer(
  handlers: HttpHandlers,
  certificates: Certificates | undefined,
): Promise<HttpServer> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    // A client that goes away (or is killed) in the middle is part of many tests.
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    serve(socket, handlers);
  };
  const server: Server =
    certificates === undefined
      ? createServer(accept)
      : createTlsServer(
          {
            key: certificates.serverKey,
            cert: certificates.serverCertificate,
            minVersion: "TLSv1.3",
          },
          accept,
        );
  // With TLS this comes before the handshake, which a client may never begin.
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {
    // A client that does not trust the certificate hangs up in the handshake: that is its right.
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    port: address.port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, handlers: HttpHandlers): void {
  const connection = handlers.open();
  const reader = new HttpRequestReader();
  // Replies leave in the order of their requests.
  let previous: Promise<void> = Promise.resolve();
  socket.on("data", (chunk: Uint8Array) => {
    let requests: HttpRequest[];
    try {
      requests = reader.push(chunk);
    } catch {
      socket.destroy();
      return;
    }
    for (const request of requests) {
      const outcome = handlers.handle(request, connection).catch(
        (error: unknown): HttpReply => ({
          status: 500,
          headers: { "content-type": "text/plain" },
          body: `The stand-in itself failed: ${String(error)}`,
        }),
      );
      previous = previous.then(async () => answer(socket, request, await outcome));
    }
  });
}

function answer(socket: Socket, request: HttpRequest, outcome: HttpOutcome): void {
  if (outcome === "stall" || socket.destroyed) return;
  if (outcome === "cut") {
    socket.destroy();
    return;
  }
  if ("cutAfterHeaders" in outcome) {
    const bytes = renderReply(request, outcome.cutAfterHeaders);
    const head = bytes.indexOf("\r\n\r\n") + 4;
    socket.end(bytes.subarray(0, head + Math.floor((bytes.length - head) / 2)));
    return;
  }
  const bytes = renderReply(request, outcome);
  if (request.headers["connection"]?.toLowerCase() === "close") socket.end(bytes);
  else socket.write(bytes);
}

function renderReply(request: HttpRequest, reply: HttpReply): Buffer {
  const body = Buffer.from(reply.body);
  const lines = [`HTTP/1.1 ${reply.status} ${reply.status < 400 ? "OK" : "Error"}`];
  for (const [name, value] of Object.entries(reply.headers)) lines.push(`${name}: ${value}`);
  lines.push(`content-length: ${body.length}`, "", "");
  const head = Buffer.from(lines.join("\r\n"));
  return request.method === "HEAD" ? head : Buffer.concat([head, body]);
}
