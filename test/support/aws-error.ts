/** An error as AWS answers it; each service has its own form for it. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "AwsError";
    this.status = status;
    this.code = code;
  }
}
