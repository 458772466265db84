import { errnoOf, LetmeError } from "../errors.ts";
import type { SharedSection } from "../profiles/reader.ts";
import { splitCommand } from "../split-words.ts";
import { decodeCredentialsDocument } from "./credentials-document.ts";
import { placeOf, profileError, propertyOf } from "./property.ts";
import { fromProfile, type SourceContext, type SourceCredentials } from "./source.ts";

/** The profiles whose processes letme is run inside of. */
const chainVariable = "LETME_PROCESS_CHAIN";

/**
 * The output of a profile's `credential_process`. It is run as botocore runs it: split into words,
 * without a shell (the JavaScript SDK has a shell). What it writes to stderr passes through.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function credentialProcess(
  { host }: SourceContext,
  profile: SharedSection,
): Promise<SourceCredentials> {
  const command = splitCommand(propertyOf(profile, "credential_process") ?? "", host.platform);
  if (command === undefined || command.length === 0) {
    throw profileError(
      profile,
      ["credential_process"],
      "has a `credential_process` that is not a command",
      "a quote in it is not closed",
    );
  }
  // Inside of it letme may be run again, as by a profile of its own: that must not go on for ever.
  const chain = (host.env[chainVariable] ?? "").split("\n").filter((name) => name !== "");
  if (chain.includes(profile.name)) {
    throw profileError(
      profile,
      ["credential_process"],
      "asks letme for the credentials that letme wants to start from",
      "set `aws_source_profile` to a profile that does not come from letme",
    );
  }
  const program = command[0] ?? "";
  const subject = `the \`credential_process\` of profile \`${profile.name}\`${placeOf(profile, "credential_process")}`;
  const hint = `run \`${program}\` by itself to see why`;
  let result: { exitCode: number; stdout: string };
  try {
    result = await host.processes.run(command, {
      ...host.env,
      [chainVariable]: [...chain, profile.name].join("\n"),
    });
  } catch (error) {
    throw new LetmeError(
      "credentials",
      `${subject} cannot run \`${program}\` (${errnoOf(error) ?? "no reason known"})`,
      { hint: "it is run without a shell: give the program's whole path", cause: error },
    );
  }
  if (result.exitCode !== 0) {
    throw new LetmeError("credentials", `${subject} ended with code ${result.exitCode}`, { hint });
  }
  const decoded = decodeCredentialsDocument(result.stdout.trim(), "SessionToken");
  if ("problem" in decoded) {
    throw new LetmeError("credentials", `what ${subject} printed ${decoded.problem}`, { hint });
  }
  if (decoded.document["Version"] !== 1) {
    throw new LetmeError("credentials", `what ${subject} printed is not of \`"Version": 1\``, {
      hint,
    });
  }
  return fromProfile(profile.name, "credential-process", decoded.credentials);
}
