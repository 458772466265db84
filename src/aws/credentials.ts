/** AWS credentials; with a sessionToken they are temporary. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end, where the source says. */
  readonly expiration?: Date | undefined;
}

/** Credentials as STS gives them: always temporary, always with their end. */
export interface TemporaryCredentials extends Credentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}
