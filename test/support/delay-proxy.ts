import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback that makes the way to a port as long as a real network's. */
export interface DelayProxy {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  stop(): Promise<void>;
}

/**
 * Puts `roundTripMilliseconds` between clients and `targetPort` of 127.0.0.1.
 *
 * Bytes to the server arrive half a round trip after they came, bytes to the client likewise. On
 * loopback the TCP handshake takes no time, where a network takes one round trip before the
 * client's first byte leaves: so nothing reaches the server before 1.5 round trips from the accept.
 */
export async function startDelayProxy(options: {
  readonly targetPort: number;
  readonly roundTripMilliseconds: number;
}): Promise<DelayProxy> {
  const { targetPort, roundTripMilliseconds } = options;
  const links = new Set<Link>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    const link = new Link(client, targetPort, roundTripMilliseconds);
    links.add(link);
    link.target.on("close", () => links.delete(link));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const link of links) link.destroy();
      }),
  };
}

/** A client's connection and the one to the target. */
class Link {
  readonly target: Socket;
  private readonly client: Socket;
  private readonly toTarget: DelayLine;
  private readonly toClient: DelayLine;

  constructor(client: Socket, targetPort: number, roundTripMilliseconds: number) {
    const half = roundTripMilliseconds / 2;
    const open = performance.now() + roundTripMilliseconds + half;
    this.client = client;
    this.target = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    this.toTarget = new DelayLine(half, open);
    this.toClient = new DelayLine(half, 0);
    join(this.client, this.target, this.toTarget);
    join(this.target, this.client, this.toClient);
  }

  destroy(): void {
    this.toTarget.clear();
    this.toClient.clear();
    this.client.destroy();
    this.target.destroy();
  }
}

function join(from: Socket, to: Socket, line: DelayLine): void {
  let ended = false;
  from.setNoDelay(true);
  from.on("data", (chunk: Uint8Array) => {
    // The sender may reuse its buffer before the bytes are due.
    const bytes = Uint8Array.from(chunk);
    line.push(() => to.write(bytes));
  });
  from.on("end", () => {
    ended = true;
    line.push(() => to.end());
  });
  from.on("error", () => {
    // `close` follows.
  });
  // A connection that breaks off breaks the other one, once the bytes before that are delivered.
  from.on("close", () => {
    if (!ended) line.push(() => to.destroy());
  });
}

/** Does things in order, each no sooner than `delay` after it was asked for and not before `notBefore`. */
class DelayLine {
  private readonly queue: { readonly due: number; readonly deliver: () => void }[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private immediate: ReturnType<typeof setImmediate> | undefined;
  private readonly delay: number;
  private readonly notBefore: number;

  constructor(delay: number, notBefore: number) {
    this.delay = delay;
    this.notBefore = notBefore;
  }

  push(deliver: () => void): void {
    const due = Math.max(performance.now() + this.delay, this.notBefore);
    this.queue.push({ due, deliver });
    if (this.queue.length === 1) this.schedule(due);
  }

  clear(): void {
    this.queue.length = 0;
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
  }

  private schedule(due: number): void {
    const left = due - performance.now();
    // Timers tick in milliseconds: the last one is waited for in the event loop.
    if (left > 1.5) this.timer = setTimeout(() => this.flush(), Math.floor(left - 1));
    else this.immediate = setImmediate(() => this.flush());
  }

  private flush(): void {
    for (;;) {
      const next = this.queue[0];
      if (next === undefined) return;
      if (next.due > performance.now()) {
        this.schedule(next.due);
        return;
      }
      this.queue.shift();
      next.deliver();
    }
  }
}
