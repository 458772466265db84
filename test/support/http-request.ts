/** One request as it came over the wire. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** By lowercase name; a repeated header's values are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Cuts the bytes of one connection into requests: what clients send, not all of RFC 9112. */
export class HttpRequestReader {
  private pending = Buffer.alloc(0);

  /** The requests that are whole now. Throws where the bytes are no HTTP/1.1. */
  push(chunk: Uint8Array): HttpRequest[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const requests: HttpRequest[] = [];
    for (;;) {
      const request = this.take();
      if (request === undefined) return requests;
      requests.push(request);
    }
  }

  private take(): HttpRequest | undefined {
    const headEnd = this.pending.indexOf("\r\n\r\n");
    if (headEnd < 0) return undefined;
    const [requestLine = "", ...headerLines] = this.pending
      .subarray(0, headEnd)
      .toString("latin1")
      .split("\r\n");
    const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(requestLine) ?? [];
    if (method === undefined || target === undefined) throw new Error("Not HTTP.");
    const headers: Record<string, string> = {};
    for (const line of headerLines) {
      const colon = line.indexOf(":");
      if (colon <= 0) throw new Error("Not a header.");
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
    }
    const start = headEnd + 4;
    const body = headers["transfer-encoding"]?.toLowerCase().includes("chunked")
      ? takeChunked(this.pending, start)
      : takeSized(this.pending, start, Number(headers["content-length"] ?? "0"));
    if (body === undefined) return undefined;
    this.pending = this.pending.subarray(body.end);
    return { method, target, headers, body: body.bytes };
  }
}

function takeSized(source: Buffer, start: number, length: number) {
  if (!Number.isInteger(length) || length < 0) throw new Error("Not a length.");
  if (source.length < start + length) return undefined;
  return { bytes: Buffer.from(source.subarray(start, start + length)), end: start + length };
}

function takeChunked(source: Buffer, start: number) {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = source.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(source.subarray(at, lineEnd).toString("latin1"), 16);
    if (!Number.isInteger(size)) throw new Error("Not a chunk.");
    const end = lineEnd + 2 + size + 2;
    if (source.length < end) return undefined;
    if (size === 0) return { bytes: Buffer.concat(parts), end };
    parts.push(source.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = end;
  }
}
