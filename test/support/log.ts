/** Which of the stand-in's listeners: each counts its connections from 1. */
export type Service = "sts" | "dynamodb" | "iam";

/** One request, in the order of arrival. */
export interface LogEntry {
  readonly service: Service;
  /** `AssumeRole`, `Scan`, …; for a request that calls none, method and path: `GET /`. */
  readonly operation: string;
  readonly method: string;
  /** By lowercase name, as received. */
  readonly headers: Readonly<Record<string, string>>;
  /** STS: the form's fields, flat. DynamoDB: the JSON document. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The request's body as it came. */
  readonly body: string;
  /** From the Authorization header, verified or not; undefined for an unsigned request. */
  readonly accessKeyId: string | undefined;
  /** The region that the request was signed for. */
  readonly region: string | undefined;
  /** Which connection of this listener, from 1. */
  readonly connection: number;
  /** Its place among all events (connections, arrivals, answers) of the whole stand-in. */
  readonly arrived: number;
  /** As `arrived`, for the moment the reply was sent; undefined where none was (yet). */
  answered: number | undefined;
  status: number | undefined;
  /** AWS's error code, where the reply was an error; `fault:KIND` where a fault made it. */
  code: string | undefined;
}

/** One connection to a listener, a request on it or not. */
export interface ConnectionEntry {
  readonly service: Service;
  readonly number: number;
  /** Its place among all events; with TLS the handshake is done by then. */
  readonly opened: number;
}

/** Everything that reached the stand-in, in order. */
export class RequestLog {
  readonly entries: LogEntry[] = [];
  readonly connections: ConnectionEntry[] = [];
  private readonly connectionCounts = { sts: 0, dynamodb: 0, iam: 0 };
  private sequence = 0;

  next(): number {
    this.sequence += 1;
    return this.sequence;
  }

  connect(service: Service): number {
    this.connectionCounts[service] += 1;
    const number = this.connectionCounts[service];
    this.connections.push({ service, number, opened: this.next() });
    return number;
  }

  /** Requests of one service, or of one operation of it. */
  of(service: Service, operation?: string): LogEntry[] {
    return this.entries.filter(
      (entry) =>
        entry.service === service && (operation === undefined || entry.operation === operation),
    );
  }

  /** `["dynamodb Query", "sts AssumeRole"]`: what was asked, in order of arrival. */
  operations(): string[] {
    return this.entries.map((entry) => `${entry.service} ${entry.operation}`);
  }

  /** Forgets all requests and connections; numbers go on from where they are. */
  clear(): void {
    this.entries.length = 0;
    this.connections.length = 0;
  }
}
