import { decodeObject, textMember } from "../aws/json-reply.ts";
import { LetmeError, NetworkError } from "../errors.ts";
import type { NetworkReply } from "../host.ts";
import { decodeCredentialsDocument } from "./credentials-document.ts";
import { propertyOf, variableOf } from "./property.ts";
import type { Source, SourceContext } from "./source.ts";

// One try, so that whoever is not on an instance does not wait for long.
const timeoutMilliseconds = 1000;
const rolePath = "/latest/meta-data/iam/security-credentials/";

/**
 * The credentials of an EC2 instance's role, by version 2 of its metadata service. Version 1 is not
 * asked, as it answers whoever gets a server to fetch a URL.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export const instanceSource: Source = async (context) => {
  const { host } = context;
  if (variableOf(host.env, "AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true") return undefined;
  const ask = asker(context, endpointOf(context));
  const session = await ask("PUT", "/latest/api/token", {
    "x-aws-ec2-metadata-token-ttl-seconds": "21600",
  });
  // No service there, or one that gives nothing: this is not an instance with a role.
  if (session?.status !== 200) return undefined;
  const token = { "x-aws-ec2-metadata-token": textOf(session) };
  if (!/^[\x21-\x7e]+$/.test(token["x-aws-ec2-metadata-token"])) return undefined;
  const roles = await ask("GET", rolePath, token);
  const role = roles?.status === 200 ? textOf(roles).split(/\r?\n/)[0]?.trim() : undefined;
  if (role === undefined || role === "") return undefined;
  const reply = await ask("GET", `${rolePath}${encodeURIComponent(role)}`, token);
  if (reply?.status !== 200) {
    throw failure(role, reply === undefined ? "no answer came" : `HTTP ${reply.status}`);
  }
  const text = textOf(reply);
  const code = textMember(decodeObject(text), "Code");
  if (code !== undefined && code !== "Success") throw failure(role, code);
  const decoded = decodeCredentialsDocument(text, "Token");
  if ("problem" in decoded) throw failure(role, `the answer ${decoded.problem}`);
  const { credentials } = decoded;
  // While the service cannot renew them, AWS takes them past their end, and so do its SDKs.
  const isPast = credentials.expiration !== undefined && credentials.expiration <= host.clock.now();
  return {
    credentials: isPast ? { ...credentials, expiration: undefined } : credentials,
    kind: "instance-metadata",
    profiles: [],
    roles: [],
    origin: `the instance's role \`${role}\``,
  };
};

type Ask = (
  method: "GET" | "PUT",
  path: string,
  headers: Readonly<Record<string, string>>,
) => Promise<NetworkReply | undefined>;

function asker(context: SourceContext, endpoint: string): Ask {
  const { trace } = context.clientIn(context.region ?? "us-east-1");
  return async (method, path, headers) => {
    trace(`> instance metadata ${method} ${path}`);
    try {
      const reply = await context.host.network.exchange({
        method,
        url: endpoint + path,
        headers,
        timeoutMilliseconds,
        direct: true,
      });
      trace(`< instance metadata HTTP ${reply.status}`);
      return reply;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      trace(`< instance metadata no reply: ${error.message}`);
      return undefined;
    }
  };
}

/** The service's address: as it is set, else the one of the mode that is set. */
function endpointOf({ host, sharedFiles, profileName }: SourceContext): string {
  const profile = sharedFiles.profile(profileName);
  const read = (name: string) =>
    variableOf(host.env, `AWS_${name}`) ?? propertyOf(profile, name.toLowerCase());
  const endpoint = read("EC2_METADATA_SERVICE_ENDPOINT");
  if (endpoint !== undefined) {
    const url = URL.parse(endpoint);
    if (url?.protocol === "http:" || url?.protocol === "https:") {
      return endpoint.replace(/(?<!\/)\/+$/, "");
    }
    throw new LetmeError(
      "configuration",
      "`AWS_EC2_METADATA_SERVICE_ENDPOINT` is not an http or https URL",
      { hint: "it looks like `http://169.254.169.254`; without it AWS's own address is used" },
    );
  }
  const mode = read("EC2_METADATA_SERVICE_ENDPOINT_MODE")?.toLowerCase() ?? "ipv4";
  if (mode === "ipv4") return "http://169.254.169.254";
  if (mode === "ipv6") return "http://[fd00:ec2::254]";
  throw new LetmeError(
    "configuration",
    "`AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` is neither `IPv4` nor `IPv6`",
    { hint: "correct it, or leave it out" },
  );
}

function textOf(reply: NetworkReply): string {
  return new TextDecoder().decode(reply.body).trim();
}

function failure(role: string, what: string): LetmeError {
  return new LetmeError(
    "credentials",
    `the credentials of the instance's role \`${role}\` cannot be had: ${what}`,
    { hint: "check the role of the instance and its trust policy; `--debug` shows each request" },
  );
}
