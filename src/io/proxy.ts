import { NetworkError } from "../errors.ts";

/** A proxy to go through. */
export interface ProxyServer {
  /** With its user and password, where it has them. */
  readonly url: string;
  /** For people: without them, and with the variable that named it. */
  readonly shown: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, then `ALL_PROXY`, unless
 * `NO_PROXY` names the host; the lowercase name of each comes first, as in curl and in the AWS CLI
 * (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html). Decided here and not
 * left to `fetch`, so that an error can say which proxy it was. Throws a `NetworkError` for a value
 * that names no HTTP proxy.
 */
export function proxyFor(target: string, env: Environment): ProxyServer | undefined {
  const url = new URL(target);
  const scheme = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const named = read(env, scheme) ?? read(env, "all_proxy");
  if (named === undefined || isExempt(url, read(env, "no_proxy")?.value ?? "")) return undefined;
  // `host:port` is a common way to write one.
  const proxy = URL.parse(named.value.includes("://") ? named.value : `http://${named.value}`);
  if (proxy === null || (proxy.protocol !== "http:" && proxy.protocol !== "https:")) {
    throw new NetworkError("proxy", `\`${named.name}\` is not the http or https URL of a proxy`);
  }
  return { url: proxy.href, shown: `\`${proxy.protocol}//${proxy.host}\` (${named.name})` };
}

function read(
  env: Environment,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  for (const one of [name, name.toUpperCase()]) {
    const value = env[one]?.trim() ?? "";
    if (value !== "") return { name: one, value };
  }
  return undefined;
}

/**
 * Whether `NO_PROXY` has the host: `*`; a name, which stands for what is below it too, with or
 * without `.` or `*.` before it; an address; an IPv4 range, as in `10.0.0.0/8`; each with `:port` to
 * mean that port only.
 */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "") return false;
      if (entry === "*") return true;
      const range = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(entry);
      if (range !== null) return isInRange(host, range[1] ?? "", Number(range[2]));
      // A bare IPv6 address has colons and no port.
      const [, name = "", only] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? ["", entry];
      if (only !== undefined && only !== port) return false;
      const bare = name.replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
      return bare !== "" && (host === bare || host.endsWith(`.${bare}`));
    });
}

function isInRange(host: string, network: string, bits: number): boolean {
  const [address, base] = [ipv4Number(host), ipv4Number(network)];
  if (address === undefined || base === undefined || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(base / size);
}

function ipv4Number(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
