import { type ErrorKind, LetmeError } from "../errors.ts";
import type { Service } from "./endpoints.ts";
import { adviceFor, adviceToSetMfa } from "./hints.ts";

/** What AWS answered instead of a result. */
export interface AwsRefusal {
  readonly service: Service;
  readonly operation: string;
  readonly status: number;
  /** AWS's error code, as in `AccessDenied`. */
  readonly code: string;
  /** AWS's own text. */
  readonly reason: string;
  readonly requestId: string | undefined;
}

/** AWS refused a request; carries AWS's code, text and request id, and the hint for that code. */
export class AwsError extends LetmeError {
  readonly refusal: AwsRefusal;

  constructor(refusal: AwsRefusal, advice: Advice = adviceFor(refusal)) {
    super(advice.kind, describe(refusal), { hint: advice.hint });
    this.name = "AwsError";
    this.refusal = refusal;
  }

  /** The same with one more thing to do. */
  withAdvice(more: string): AwsError {
    const hint = this.hint === undefined ? more : `${this.hint}; ${more}`;
    return new AwsError(this.refusal, { kind: this.kind, hint });
  }

  /** The same for who has set up MFA already. */
  withMfa(): AwsError {
    if (this.hint === undefined) return this;
    const hint = this.hint.replace(adviceToSetMfa, "");
    return new AwsError(this.refusal, { kind: this.kind, hint });
  }
}

/** Which kind of failure an AWS code stands for, and the next step. */
export interface Advice {
  readonly kind: ErrorKind;
  readonly hint: string;
}

const longestText = 2000;
const longestWord = 128;

function describe(refusal: AwsRefusal): string {
  // What came over the network stays on one line: it must not look like lines of letme's own.
  const text = refusal.reason.replace(/\s+/g, " ").trim().slice(0, longestText);
  const [code, requestId] = [refusal.code, refusal.requestId].map((word) =>
    word?.replace(/[^\w.:/+=-]/g, "?").slice(0, longestWord),
  );
  const id = requestId === undefined ? "" : `, request id ${requestId}`;
  const said = text === "" ? code : `${code}: ${text}`;
  return `${serviceNames[refusal.service]} refused ${refusal.operation} with ${said} (HTTP ${refusal.status}${id})`;
}

const serviceNames: Readonly<Record<Service, string>> = {
  sts: "STS",
  dynamodb: "DynamoDB",
  sso: "IAM Identity Center",
  "sso-oidc": "IAM Identity Center",
  signin: "AWS sign-in",
  iam: "IAM",
  organizations: "Organizations",
};
