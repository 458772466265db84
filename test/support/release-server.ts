import { gzipSync } from "bun";
import { writeTar } from "../../scripts/release/tar.ts";

/** A place to download releases from, on loopback: paths below GitHub's `releases`, and their bytes. */
export interface ReleaseServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: readonly string[];
  put(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export function startReleaseServer(): ReleaseServer {
  const files = new Map<string, string | Uint8Array>();
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const content = files.get(pathname.slice(1));
      if (content === undefined) return new Response("Not Found", { status: 404 });
      return new Response(typeof content === "string" ? content : new Uint8Array(content));
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    asked,
    put: (path, content) => void files.set(path, content),
    remove: (path) => void files.delete(path),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** A `.tar.gz` with this file as the binary. */
export function archiveOf(binary: string | Uint8Array, name = "letme"): Uint8Array {
  const tar = writeTar([{ path: name, bytes: Buffer.from(binary), mode: 0o755 }], 0);
  return gzipSync(new Uint8Array(tar), { level: 1 });
}

/** A line of `checksums.txt`. */
export function checksumLine(name: string, content: Uint8Array): string {
  return `${new Bun.CryptoHasher("sha256").update(content).digest("hex")}  ${name}\n`;
}
