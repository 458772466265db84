import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { StandInClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { answerDynamoDb, targetOperation } from "./dynamodb.ts";
import { type Fault, Faults, type Hold, type RequestMatch } from "./faults.ts";
import type { HttpRequest } from "./http-request.ts";
import { type HttpOutcome, type HttpReply, startHttpServer } from "./http-server.ts";
import { answerIam } from "./iam.ts";
import { Identities, type Principal, type Role } from "./identities.ts";
import { type LogEntry, RequestLog, type Service } from "./log.ts";
import { MfaDevices } from "./mfa.ts";
import { parseAuthorization } from "./signatures.ts";
import { answerSts, decodeForm } from "./sts.ts";
import { createTable, deleteTable, type Item, putItems, type TableDefinition } from "./tables.ts";
import type { WebIdentity } from "./web-identities.ts";

export type { ErrorFault, Fault, FaultKind, Hold } from "./faults.ts";
export type { Principal, Role } from "./identities.ts";
export type { LogEntry } from "./log.ts";
export type { Item, TableDefinition } from "./tables.ts";
export type { WebIdentity } from "./web-identities.ts";

export interface StandInOptions {
  readonly principals?: readonly Principal[];
  readonly roles?: readonly Role[];
  readonly webIdentities?: readonly WebIdentity[];
  /** Both listeners speak TLS 1.3, with a certificate of the authority in `authorityFile`. */
  readonly tls?: boolean;
  /** The only region that requests may be signed for; any where not given. */
  readonly region?: string;
  /** How far the stand-in's clock is ahead of the machine's. */
  readonly clockOffsetMilliseconds?: number;
}

export interface Listener {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT` with TLS. */
  readonly url: string;
}

/** AWS on loopback: STS and DynamoDB that verify as the real ones do. */
export interface StandIn {
  readonly sts: Listener;
  readonly dynamodb: Listener;
  /** With TLS: the file to give as NODE_EXTRA_CA_CERTS. */
  readonly authorityFile: string | undefined;
  /** The variables that lead a program here, the authority's file included. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: StandInClock;
  readonly log: RequestLog;
  addPrincipal(principal: Principal): void;
  addRole(role: Role): void;
  removeRole(arn: string): void;
  /** What an MFA device shows now, used already or not. */
  currentCode(serialNumber: string): string;
  /** From now on all temporary credentials are expired ones. */
  expireAll(): void;
  fail(fault: Fault): void;
  hold(match: RequestMatch & { readonly times?: number }): Hold;
  createTable(definition: TableDefinition): Promise<void>;
  deleteTable(name: string): Promise<void>;
  putAccounts(table: string, items: readonly Item[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything on random ports of 127.0.0.1; `stop` ends all of it. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const clock = new StandInClock(options.clockOffsetMilliseconds);
  const log = new RequestLog();
  const faults = new Faults();
  const identities = new Identities(clock);
  const mfa = new MfaDevices(clock);
  const database = openDatabase();
  const webIdentities = options.webIdentities ?? [];
  const addPrincipal = (principal: Principal) => {
    identities.addPrincipal(principal);
    mfa.add(principal);
  };
  for (const principal of options.principals ?? []) addPrincipal(principal);
  for (const role of options.roles ?? []) identities.addRole(role);

  const certificates = options.tls === true ? makeCertificates() : undefined;
  const verifying = { identities, clock, region: options.region };
  const answers: Record<Service, (request: HttpRequest) => Promise<HttpReply>> = {
    sts: (request) => answerSts(request, { ...verifying, mfa, webIdentities }),
    dynamodb: (request) => answerDynamoDb(request, { ...verifying, database }),
    iam: (request) => answerIam(request, { ...verifying, region: undefined }),
  };
  const start = (service: Service) =>
    startHttpServer(
      {
        open: () => log.connect(service),
        handle: async (request, connection) => {
          const entry = describeRequest(service, request, connection, log.next());
          log.entries.push(entry);
          const outcome = await faults.apply(entry, () => answers[service](request));
          await faults.wait(entry);
          return record(entry, outcome, log, clock);
        },
      },
      certificates,
    );
  const [stsServer, dynamodbServer, iamServer] = await Promise.all([
    start("sts"),
    start("dynamodb"),
    start("iam"),
  ]);

  const origin = certificates === undefined ? "http://127.0.0.1" : "https://localhost";
  const sts = { port: stsServer.port, url: `${origin}:${stsServer.port}` };
  const dynamodb = { port: dynamodbServer.port, url: `${origin}:${dynamodbServer.port}` };
  const directory =
    certificates === undefined ? undefined : mkdtempSync(join(tmpdir(), "letme-authority-"));
  const authorityFile = directory === undefined ? undefined : join(directory, "authority.pem");
  if (authorityFile !== undefined && certificates !== undefined) {
    writeFileSync(authorityFile, certificates.authorityCertificate);
  }
  return {
    sts,
    dynamodb,
    authorityFile,
    environment: {
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_IAM: `${origin}:${iamServer.port}`,
      ...(authorityFile !== undefined && { NODE_EXTRA_CA_CERTS: authorityFile }),
    },
    clock,
    log,
    addPrincipal,
    addRole: (role) => identities.addRole(role),
    removeRole: (arn) => identities.removeRole(arn),
    currentCode: (serialNumber) => mfa.currentCode(serialNumber),
    expireAll: () => identities.expireAll(),
    fail: (fault) => faults.fail(fault),
    hold: (match) => faults.hold(match),
    createTable: (definition) => createTable(database, definition),
    deleteTable: (name) => deleteTable(database, name),
    putAccounts: (table, items) => putItems(database, table, items),
    stop: async () => {
      faults.releaseAll();
      await Promise.all([stsServer.stop(), dynamodbServer.stop(), iamServer.stop()]);
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function describeRequest(
  service: Service,
  request: HttpRequest,
  connection: number,
  arrived: number,
): LogEntry {
  const authorization = parseAuthorization(request.headers["authorization"]);
  const body = request.body.toString();
  const parameters = service === "dynamodb" ? decodeJson(body) : decodeForm(request.body);
  const called =
    service === "dynamodb" ? targetOperation(request) : String(parameters["Action"] ?? "");
  return {
    service,
    operation: called === "" ? `${request.method} ${request.target}` : called,
    method: request.method,
    headers: request.headers,
    parameters,
    body,
    accessKeyId: authorization?.accessKeyId,
    region: authorization?.region,
    connection,
    arrived,
    answered: undefined,
    status: undefined,
    code: undefined,
  };
}

function decodeJson(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** Notes the outcome in the log, and dates it by the stand-in's clock, as AWS's replies are. */
function record(
  entry: LogEntry,
  outcome: HttpOutcome,
  log: RequestLog,
  clock: StandInClock,
): HttpOutcome {
  if (typeof outcome === "string") {
    entry.code = `fault:${outcome}`;
    return outcome;
  }
  const reply = "cutAfterHeaders" in outcome ? outcome.cutAfterHeaders : outcome;
  const dated = { ...reply, headers: { Date: clock.now().toUTCString(), ...reply.headers } };
  entry.answered = log.next();
  entry.status = reply.status;
  entry.code = "cutAfterHeaders" in outcome ? "fault:cut-after-headers" : errorCode(reply);
  return "cutAfterHeaders" in outcome ? { cutAfterHeaders: dated } : dated;
}

function errorCode(reply: HttpReply): string | undefined {
  if (reply.status < 400) return undefined;
  const body = Buffer.from(reply.body).toString();
  return /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? /"__type":"[^"]*#([^"]*)"/.exec(body)?.[1];
}
