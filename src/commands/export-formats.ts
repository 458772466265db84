import { LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { posixWord } from "../quote-words.ts";
import type { AccountCredentials } from "./account-credentials.ts";

/** The names of `aws configure export-credentials --format`. */
export const exportFormats = [
  "process",
  "env",
  "env-no-export",
  "powershell",
  "windows-cmd",
  "fish",
] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** What the user's shell understands, as far as the environment tells. */
export function defaultFormat({ env, platform }: Pick<Host, "env" | "platform">): ExportFormat {
  const shell = env["SHELL"]
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.exe$/, "");
  if (platform === "win32" && (shell === undefined || shell === "")) {
    // PowerShell sets it for itself; a cmd that it started has it too, and has PROMPT beside it.
    return env["PSModulePath"] !== undefined && env["PROMPT"] === undefined
      ? "powershell"
      : "windows-cmd";
  }
  if (shell === "fish") return "fish";
  return shell === "pwsh" ? "powershell" : "env";
}

/** The variables that SDKs and the AWS CLI read, and those that tell how long they are good. */
export function credentialVariables({
  credentials,
  region,
}: Pick<AccountCredentials, "credentials" | "region">): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: moment(credentials.expiration),
    ...(region === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  };
}

/** The credentials as text in a format, with its last line end. */
export function renderCredentials(account: AccountCredentials, format: ExportFormat): string {
  if (format === "process") return renderProcess(account);
  const lines = Object.entries(credentialVariables(account)).map(([name, value]) =>
    renderers[format](name, value),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * What a `credential_process` prints
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
 */
function renderProcess({ credentials }: AccountCredentials): string {
  const document = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: moment(credentials.expiration),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function moment(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

type Renderer = (name: string, value: string) => string;

const renderers: Readonly<Record<Exclude<ExportFormat, "process">, Renderer>> = {
  env: (name, value) => `export ${name}=${posixWord(value)}`,
  "env-no-export": (name, value) => `${name}=${posixWord(value)}`,
  // https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules:
  // between single quotes only they count, and the typographic ones count as they do.
  powershell: (name, value) => `$Env:${name} = '${value.replace(/['\u2018-\u201b]/g, "$&$&")}'`,
  "windows-cmd": (name, value) => `set "${name}=${windowsWord(name, value)}"`,
  // https://fishshell.com/docs/current/language.html#quotes
  fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}'`,
};

/** cmd has no way to write a percent sign or a quote that holds at its prompt and in a batch file. */
function windowsWord(name: string, value: string): string {
  if (/^[^"%!\r\n]*$/.test(value)) return value;
  throw new LetmeError("failed", `${name} has characters that \`windows-cmd\` cannot write`, {
    hint: "use another format, as `--format powershell`",
  });
}
