import { AwsError } from "./aws-error.ts";
import { renderDynamoDbError } from "./dynamodb.ts";
import type { HttpOutcome, HttpReply } from "./http-server.ts";
import type { LogEntry, Service } from "./log.ts";
import { renderError } from "./sts-xml.ts";

/** Which requests: of a service, and of one operation where given (`"GET /"` for a warm-up). */
export interface RequestMatch {
  readonly service: Service;
  readonly operation?: string;
}

export type FaultKind =
  | "throttle"
  | "500"
  | "503"
  /** A 503 page of some proxy. */
  | "html"
  /** The connection is closed without a reply. */
  | "cut"
  /** The head of the right reply and half its body, then the connection is closed. */
  | "cut-after-headers"
  /** No reply, ever; the connection stays open. */
  | "stall"
  /** Status 200 and no body. */
  | "empty"
  /** Status 200 and XML that ends too early. */
  | "garbage-xml"
  /** The right reply with a wrong x-amz-crc32. */
  | "bad-crc"
  | ErrorFault
  | HttpReply;

/** An error of AWS by its code, in the service's own form. */
export interface ErrorFault {
  readonly code: string;
  readonly message: string;
  /** 400 where not given. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Fault extends RequestMatch {
  /** How many requests; 1 where not given. */
  readonly times?: number;
  readonly with: FaultKind;
  /** The request takes effect (uses up its MFA code, say) and only its reply is replaced. */
  readonly processed?: boolean;
}

/** Replies held back until `release`. */
export interface Hold {
  /** Resolves when the first matching request has arrived (and was processed). */
  readonly arrived: Promise<LogEntry>;
  /** Resolves when that many have arrived. */
  arrivals(count: number): Promise<void>;
  /** How many replies are held now. */
  readonly waiting: number;
  /** Lets the held replies go, and those to come. */
  release(): void;
}

/** What goes wrong on purpose, and what waits. */
export class Faults {
  private readonly faults: { readonly fault: Fault; left: number }[] = [];
  private readonly holds = new Set<PendingHold>();

  fail(fault: Fault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  hold(match: RequestMatch & { readonly times?: number }): Hold {
    const hold = new PendingHold(match, match.times ?? 1, () => this.holds.delete(hold));
    this.holds.add(hold);
    return hold;
  }

  /** The reply to send in place of `process`'s. */
  async apply(entry: LogEntry, process: () => Promise<HttpReply>): Promise<HttpOutcome> {
    const pending = this.faults.find(({ fault, left }) => left > 0 && matches(fault, entry));
    if (pending === undefined) return process();
    pending.left -= 1;
    const { fault } = pending;
    const isOfReply = fault.with === "bad-crc" || fault.with === "cut-after-headers";
    const reply = fault.processed === true || isOfReply ? await process() : undefined;
    return render(fault.with, entry.service, reply);
  }

  /** Waits where a test holds this request's reply. */
  async wait(entry: LogEntry): Promise<void> {
    for (const hold of [...this.holds]) {
      if (matches(hold.match, entry)) await hold.wait(entry);
    }
  }

  releaseAll(): void {
    for (const hold of [...this.holds]) hold.release();
  }
}

class PendingHold implements Hold {
  readonly arrived: Promise<LogEntry>;
  readonly match: RequestMatch;
  waiting = 0;
  private arrivedCount = 0;
  private left: number;
  private readonly watchers = new Set<() => void>();
  private readonly arrive: (entry: LogEntry) => void;
  private readonly released: Promise<void>;
  private readonly letGo: () => void;
  private readonly forget: () => void;

  constructor(match: RequestMatch, times: number, forget: () => void) {
    const arrived = Promise.withResolvers<LogEntry>();
    const released = Promise.withResolvers<void>();
    this.match = match;
    this.left = times;
    this.arrived = arrived.promise;
    this.arrive = arrived.resolve;
    this.released = released.promise;
    this.letGo = released.resolve;
    this.forget = forget;
  }

  async wait(entry: LogEntry): Promise<void> {
    if (this.left <= 0) return;
    this.left -= 1;
    this.waiting += 1;
    this.arrivedCount += 1;
    this.arrive(entry);
    for (const look of [...this.watchers]) look();
    await this.released;
    this.waiting -= 1;
  }

  arrivals(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.arrivedCount < count) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  release(): void {
    this.forget();
    this.letGo();
  }
}

function matches(match: RequestMatch, entry: LogEntry): boolean {
  return (
    match.service === entry.service &&
    (match.operation === undefined || match.operation === entry.operation)
  );
}

function render(kind: FaultKind, service: Service, reply: HttpReply | undefined): HttpOutcome {
  const sts = service !== "dynamodb";
  const error = (awsError: AwsError) =>
    sts ? renderError(awsError) : renderDynamoDbError(awsError);
  if (typeof kind !== "string") {
    if (!("code" in kind)) return kind;
    const rendered = error(new AwsError(kind.status ?? 400, kind.code, kind.message));
    return { ...rendered, headers: { ...rendered.headers, ...kind.headers } };
  }
  switch (kind) {
    case "throttle":
      return error(new AwsError(400, sts ? "Throttling" : "ThrottlingException", "Rate exceeded"));
    case "500":
      return error(
        new AwsError(
          500,
          sts ? "InternalFailure" : "InternalServerError",
          "The request processing has failed because of an unknown error, exception or failure.",
        ),
      );
    case "503":
      return error(
        new AwsError(503, "ServiceUnavailable", "Service is unavailable, please try again later."),
      );
    case "html":
      return {
        status: 503,
        headers: { "content-type": "text/html" },
        body: "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>\n",
      };
    case "empty":
      return { status: 200, headers: {}, body: "" };
    case "garbage-xml":
      return {
        status: 200,
        headers: { "content-type": "text/xml" },
        body: "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA",
      };
    case "cut":
    case "stall":
      return kind;
    case "cut-after-headers":
      return reply === undefined ? "cut" : { cutAfterHeaders: reply };
    case "bad-crc":
      return reply === undefined
        ? "cut"
        : { ...reply, headers: { ...reply.headers, "x-amz-crc32": "1" } };
  }
}
