import { type ErrorKind, LetmeError } from "../errors.ts";
import type { Service } from "./endpoints.ts";
import { adviceFor } from "./hints.ts";

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
    super(advice.kind, describe(refusal), advice.hint === undefined ? {} : { hint: advice.hint });
    this.name = "AwsError";
    this.refusal = refusal;
  }
}

/** Which kind of failure an AWS code stands for, and the next step. */
export interface Advice {
  readonly kind: ErrorKind;
  readonly hint?: string;
}

function describe(refusal: AwsRefusal): string {
  const text = refusal.reason.trim();
  const id = refusal.requestId === undefined ? "" : `, request id ${refusal.requestId}`;
  const said = text === "" ? refusal.code : `${refusal.code}: ${text}`;
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
