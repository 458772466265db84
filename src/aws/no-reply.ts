import { LetmeError, type NetworkError } from "../errors.ts";
import type { NetworkReply } from "../host.ts";
import { problemOfExtraAuthorities } from "./authorities.ts";
import type { AwsClient } from "./client.ts";
import { withoutSecrets } from "./redaction.ts";

type Surroundings = Pick<AwsClient, "host" | "authorities" | "endpoints">;

/** Behind a next step, where a request carried an MFA code that AWS may have taken. */
export const spentCode = "; the MFA code may be used up: give the next one";

/** The failure to show where no whole reply came. `once`: the request carried an MFA code. */
export function noReply(
  client: Surroundings,
  url: string,
  error: NetworkError,
  once: boolean,
): LetmeError {
  const through = error.via === undefined ? "" : ` through the proxy ${error.via}`;
  const spent = once && error.reached ? spentCode : "";
  return new LetmeError(
    "failed",
    `no answer from \`${new URL(url).host}\`${through}: ${error.message}`,
    {
      hint: `${hintFor(client, error, url)}${spent}`,
      cause: error,
    },
  );
}

/** Where the user named the server, that may be what is wrong. */
function ownEndpoint({ endpoints }: Surroundings, url: string): string {
  const { host } = new URL(url);
  const named = Object.values(endpoints.urls).find(
    ({ value }) => URL.canParse(value) && new URL(value).host === host,
  );
  return named === undefined ? "" : `; ${named.origin} names this server`;
}

function hintFor(client: Surroundings, error: NetworkError, url: string): string {
  switch (error.reason) {
    case "connect":
    case "timeout":
      return error.via === undefined
        ? `check the network, the VPN, and \`HTTPS_PROXY\` if you are behind a proxy${ownEndpoint(client, url)}`
        : "check the proxy; `NO_PROXY` names the hosts that are reached without it";
    case "certificate":
      if (/HAS_EXPIRED|NOT_YET_VALID/.test(error.message)) {
        return "check the date and the time of this machine";
      }
      if (client.authorities !== undefined) {
        return "only the CAs of the bundle that is set count (`AWS_CA_BUNDLE`, `ca_bundle`): add the one that is missing to it, or unset it";
      }
      return (
        problemOfExtraAuthorities(client.host) ??
        "if a company's proxy stands in between, name its CA certificate in `NODE_EXTRA_CA_CERTS`"
      );
    case "proxy":
      return "check the proxy's address, and its user and password, percent-encoded: `HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT`";
    case "broken":
      return "the connection was cut: run the command again";
    case "tls":
      return error.via === undefined
        ? "the server does not seem to speak TLS: check whether the endpoint's URL is to begin with `https` or `http`"
        : "check whether the proxy's address, and the endpoint's URL, are to begin with `https` or `http`";
  }
}

/**
 * The failure to show for a reply that is not in AWS's form, or not whole; without these secrets. `once`
 * as above.
 */
export function notAws(
  operation: string,
  reply: NetworkReply,
  url: string,
  whole: boolean,
  secrets: readonly string[],
  once: boolean,
): LetmeError {
  const { host } = new URL(url);
  const spent = once ? spentCode : "";
  if (!whole) {
    return new LetmeError(
      "failed",
      `\`${host}\`'s reply to ${operation} was damaged on its way: its checksum is wrong`,
      {
        hint: `run the command again; if it stays so, a proxy changes what passes through it${spent}`,
      },
    );
  }
  // What may stand behind the type itself says nothing of it.
  const stated = reply.headers.get("content-type") ?? "";
  const [type] = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/.exec(stated) ?? ["no content type"];
  return new LetmeError(
    "failed",
    `\`${host}\` did not answer ${operation} as AWS does (HTTP ${reply.status}, ${withoutSecrets(type, secrets)})`,
    {
      hint: `a proxy or a sign-in page may stand in between; \`--debug\` shows each request${spent}`,
    },
  );
}
