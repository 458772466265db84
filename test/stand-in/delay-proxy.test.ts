import { afterEach, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type DelayProxy, startDelayProxy } from "../support/delay-proxy.ts";

const ROUND_TRIP = 40;
const toStop: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
});

/** A server that sends back what it gets, behind a proxy. */
async function startEcho(): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const proxy = await startDelayProxy({
    targetPort: address.port,
    roundTripMilliseconds: ROUND_TRIP,
  });
  toStop.push(async () => {
    await proxy.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return proxy;
}

async function open(proxy: DelayProxy) {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
  toStop.push(async () => void socket.destroy());
  let received = "";
  let ended = false;
  let wake = () => {};
  socket.on("data", (chunk: Uint8Array) => {
    received += new TextDecoder().decode(chunk);
    wake();
  });
  socket.on("end", () => {
    ended = true;
    wake();
  });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    socket,
    receive: async (length: number) => {
      await until(() => received.length >= length);
      const text = received.slice(0, length);
      received = received.slice(length);
      return text;
    },
    end: () => until(() => ended),
  };
}

// A slow machine makes things later, never earlier: so only the lower bounds are checked.
test("a first exchange takes two round trips, each one more takes one", async () => {
  const proxy = await startEcho();
  const start = performance.now();
  const client = await open(proxy);
  client.socket.write("ping");
  expect(await client.receive(4)).toBe("ping");
  expect(performance.now() - start).toBeGreaterThanOrEqual(2 * ROUND_TRIP - 1);
  const second = performance.now();
  client.socket.write("pong");
  expect(await client.receive(4)).toBe("pong");
  expect(performance.now() - second).toBeGreaterThanOrEqual(ROUND_TRIP - 1);
});

test("bytes keep their order, however many", async () => {
  const proxy = await startEcho();
  const client = await open(proxy);
  let sent = "";
  for (let number = 0; number < 2000; number += 1) {
    const line = `${number}\n`.repeat(20);
    sent += line;
    client.socket.write(line);
  }
  expect((await client.receive(sent.length)) === sent).toBe(true);
});

test("connections are counted, and an end passes through", async () => {
  const proxy = await startEcho();
  expect(proxy.connections).toBe(0);
  const first = await open(proxy);
  const second = await open(proxy);
  second.socket.end("bye");
  expect(await second.receive(3)).toBe("bye");
  await second.end();
  first.socket.write("x");
  expect(await first.receive(1)).toBe("x");
  expect(proxy.connections).toBe(2);
});
