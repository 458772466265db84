import { errnoOf, LetmeError, NetworkError } from "../errors.ts";
import type { Host, NetworkReply } from "../host.ts";
import { decodeCredentialsDocument } from "./credentials-document.ts";
import { variableOf } from "./property.ts";
import type { Source, SourceContext } from "./source.ts";

const timeoutMilliseconds = 2000;
const attempts = 3;

/**
 * The credentials of a container of ECS or of EKS Pod Identity.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const containerSource: Source = async (context) => {
  const address = addressOf(context.host);
  if (address === undefined) return undefined;
  const reply = await ask(context, address);
  const decoded = decodeCredentialsDocument(new TextDecoder().decode(reply.body), "Token");
  if ("problem" in decoded) throw failure(`an answer that ${decoded.problem}`);
  return {
    credentials: decoded.credentials,
    kind: "container",
    profiles: [],
    roles: [],
    origin: "the container's credentials",
  };
};

/** Where to ask; undefined where no variable says. The relative one comes first. */
function addressOf({ env }: Host): URL | undefined {
  const relative = variableOf(env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (relative !== undefined) {
    const url = relative.startsWith("/") ? URL.parse(`http://169.254.170.2${relative}`) : null;
    if (url === null || url.host !== "169.254.170.2") {
      throw new LetmeError(
        "configuration",
        "`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is not the path of a URL",
        { hint: "ECS sets it to something like `/v2/credentials/…`" },
      );
    }
    return url;
  }
  const full = variableOf(env, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (full === undefined) return undefined;
  const url = URL.parse(full);
  if (url === null || !isAllowed(url)) {
    throw new LetmeError(
      "configuration",
      "`AWS_CONTAINER_CREDENTIALS_FULL_URI` leads where no container's credentials are",
      {
        hint: "it must be https, or http to this machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]",
      },
    );
  }
  return url;
}

/** Over http the token would be read on its way to any other host. */
function isAllowed({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return (
    protocol === "http:" &&
    (/^127\.\d+\.\d+\.\d+$/.test(hostname) ||
      ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].includes(
        hostname,
      ))
  );
}

async function ask(context: SourceContext, url: URL): Promise<NetworkReply> {
  const { host } = context;
  const { trace, authorities } = context.clientIn(context.region ?? "us-east-1");
  for (let attempt = 1; ; attempt++) {
    const last = attempt === attempts;
    trace(`> container credentials ${url.host}`);
    try {
      const reply = await host.network.exchange({
        method: "GET",
        url: url.href,
        headers: { accept: "application/json", ...authorization(host) },
        timeoutMilliseconds,
        direct: true,
        ...(authorities === undefined ? {} : { authorities }),
      });
      trace(`< container credentials HTTP ${reply.status}`);
      if (reply.status === 200) return reply;
      if (last || reply.status < 500) throw failure(`HTTP ${reply.status}`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      trace(`< container credentials no reply: ${error.message}`);
      if (last) throw failure(error.message, error);
    }
  }
}

/** The token's file is read again for each request: EKS replaces what is in it. */
function authorization(host: Host): Readonly<Record<string, string>> {
  const { env, files } = host;
  const file = variableOf(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const variable = env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  let token = variable === "" ? undefined : variable;
  if (file !== undefined) {
    let bytes: Uint8Array | undefined;
    let reason = "it is not there";
    try {
      bytes = files.read(file, "wait for");
    } catch (error) {
      reason = errnoOf(error) ?? "no reason known";
    }
    if (bytes === undefined) {
      throw new LetmeError(
        "credentials",
        `the file \`${file}\` of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: ${reason}`,
        { hint: "the container's platform puts it there: check the mount" },
      );
    }
    token = new TextDecoder().decode(bytes);
  }
  if (token === undefined) return {};
  if (!/^[\x20-\x7e]*$/.test(token)) {
    throw new LetmeError(
      "credentials",
      "the container's authorization token has a line end or another character that no header has",
      {
        hint: "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and AWS_CONTAINER_AUTHORIZATION_TOKEN",
      },
    );
  }
  return { authorization: token };
}

function failure(what: string, cause?: unknown): LetmeError {
  return new LetmeError("credentials", `the container's credentials cannot be had: ${what}`, {
    hint: "check that the task or pod has a role; `--debug` shows each request",
    cause,
  });
}
