import { EventEmitter } from "node:events";
import dynalite from "dynalite";
import type { HttpRequest } from "./http-request.ts";
import type { HttpReply } from "./http-server.ts";

/**
 * dynalite in memory, without a port of its own: its request handler is called directly. It reads
 * the Authorization header's form, but verifies nothing; that is done before.
 */
export interface Database {
  exchange(request: HttpRequest): Promise<HttpReply>;
}

export function openDatabase(): Database {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  return {
    exchange: (request) =>
      new Promise((resolve) => {
        const incoming = Object.assign(new EventEmitter(), {
          method: request.method,
          url: request.target,
          headers: request.headers,
        });
        server.emit("request", incoming, new CollectedResponse(resolve));
        if (request.body.length > 0) incoming.emit("data", request.body);
        incoming.emit("end");
      }),
  };
}

/** The part of `ServerResponse` that dynalite uses. */
class CollectedResponse {
  statusCode = 200;
  private readonly headers: Record<string, string> = {};
  private readonly resolve: (reply: HttpReply) => void;

  constructor(resolve: (reply: HttpReply) => void) {
    this.resolve = resolve;
  }

  setHeader(name: string, value: string | number): void {
    // The front sends the length itself.
    if (name.toLowerCase() !== "content-length") this.headers[name] = String(value);
  }

  end(body = ""): void {
    this.resolve({ status: this.statusCode, headers: this.headers, body });
  }
}
