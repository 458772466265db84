import { connect, createServer, type Socket } from "node:net";

/** An HTTP proxy on loopback: it makes tunnels, and answers what is not asked of a tunnel itself. */
export interface ConnectProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The first line of each request, as in `CONNECT localhost:443 HTTP/1.1`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** `user:password` that it wants; without one it lets everybody through. */
  readonly credentials?: string;
  /** The status that it answers every request with, in place of a tunnel. */
  readonly refuseWith?: number;
}

/** Starts on a random port of 127.0.0.1. Every tunnel leads to 127.0.0.1, whatever host was asked. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    let head = Buffer.alloc(0);
    const read = (chunk: Uint8Array) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      client.off("data", read);
      const lines = head.subarray(0, end).toString("latin1").split("\r\n");
      requests.push(lines[0] ?? "");
      const status = refusal(lines, options);
      const target = /^CONNECT [^ ]*:(\d+) /.exec(lines[0] ?? "")?.[1];
      if (status !== undefined || target === undefined) {
        client.end(
          `HTTP/1.1 ${status ?? 200} From the proxy\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n`,
        );
        return;
      }
      client.pause();
      const upstream = keep(
        connect(Number(target), "127.0.0.1", () => {
          client.write("HTTP/1.1 200 Connection established\r\n\r\n");
          upstream.write(head.subarray(end + 4));
          client.pipe(upstream);
          upstream.pipe(client);
        }),
      );
      upstream.on("close", () => client.destroy());
      client.on("close", () => upstream.destroy());
    };
    client.on("data", read);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function refusal(lines: readonly string[], options: ConnectProxyOptions): number | undefined {
  if (options.refuseWith !== undefined) return options.refuseWith;
  if (options.credentials === undefined) return undefined;
  const wanted = `proxy-authorization: basic ${Buffer.from(options.credentials).toString("base64")}`;
  // Header names and the scheme go in any case, the credentials do not.
  const given = lines.find((line) => /^proxy-authorization:/i.test(line)) ?? "";
  return given.replace(/^[^ ]* \w+/, (name) => name.toLowerCase()) === wanted ? undefined : 407;
}
