import type { HttpRequest } from "./http-request.ts";
import { type HttpReply, startHttpServer } from "./http-server.ts";
import { IdentityCenter } from "./identity-center.ts";
import { keyIssuer } from "./issued-keys.ts";
import { ContainerEndpoint, InstanceMetadata } from "./metadata.ts";
import { SignIn } from "./sign-in.ts";
import type { StandIn } from "./stand-in.ts";

/** The services that give the first credentials, on loopback; what they give STS knows. */
export interface SourceServices {
  readonly identityCenter: IdentityCenter;
  readonly signIn: SignIn;
  readonly container: ContainerEndpoint;
  readonly instance: InstanceMetadata;
  readonly containerUrl: string;
  readonly instanceUrl: string;
  /** The variables that lead a program to IAM Identity Center and to sign-in. */
  readonly environment: Readonly<Record<string, string>>;
  /** `"sso GET"`, `"signin POST"`, …: what was asked, in order. */
  readonly asked: string[];
  /** Every secret that was given away so far. */
  readonly secrets: string[];
  stop(): Promise<void>;
}

/** Starts them all, each on a port of its own. */
export async function startSourceServices(standIn: StandIn): Promise<SourceServices> {
  const secrets: string[] = [];
  const asked: string[] = [];
  const issue = keyIssuer(standIn, secrets);
  const identityCenter = new IdentityCenter(issue, secrets);
  const signIn = new SignIn(issue, secrets);
  const container = new ContainerEndpoint(issue);
  const instance = new InstanceMetadata(issue, secrets);
  const answers = {
    sso: (request: HttpRequest) => identityCenter.answerPortal(request),
    oidc: (request: HttpRequest) => identityCenter.answerOidc(request),
    signin: (request: HttpRequest): Promise<HttpReply> => signIn.answer(request, urls.signin),
    container: (request: HttpRequest) => container.answer(request),
    instance: (request: HttpRequest) => instance.answer(request),
  };
  const urls = { sso: "", oidc: "", signin: "", container: "", instance: "" };
  const servers = await Promise.all(
    (Object.keys(urls) as (keyof typeof urls)[]).map(async (name) => {
      const handle = async (request: HttpRequest) => {
        asked.push(`${name} ${request.method}`);
        return answers[name](request);
      };
      const server = await startHttpServer({ open: () => 1, handle }, undefined);
      urls[name] = `http://127.0.0.1:${server.port}`;
      return server;
    }),
  );
  return {
    identityCenter,
    signIn,
    container,
    instance,
    containerUrl: `${urls.container}/v1/credentials`,
    instanceUrl: urls.instance,
    environment: {
      AWS_ENDPOINT_URL_SSO: urls.sso,
      AWS_ENDPOINT_URL_SSO_OIDC: urls.oidc,
      AWS_ENDPOINT_URL_SIGNIN: urls.signin,
    },
    asked,
    secrets,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
