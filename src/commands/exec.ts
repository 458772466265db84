import type { Command } from "../cli/declaration.ts";
import { errnoOf, LetmeError } from "../errors.ts";
import type { Host } from "../host.ts";
import { isRegionLabel } from "../region-form.ts";
import { accountCredentials, accountOptions } from "./account-credentials.ts";
import { insideEnvironment } from "./exec-environment.ts";

export const exec: Command = {
  words: "<name> [-- <command>...]",
  minimumWords: 1,
  maximumWords: Number.POSITIVE_INFINITY,
  passesWordsOn: true,
  options: [
    {
      long: ["region"],
      value: "REGION",
      description: "the region for the command, in place of the account's",
    },
    ...accountOptions,
  ],
  details: [
    "The command gets the credentials in its environment, and nothing is written into your AWS\nfiles. Without a command your shell is run. Its exit code is letme's; 127 where there is no\nsuch command, 126 where it cannot be run. Options of letme stand before the command.",
    "A letme inside starts from the same source as the one outside.",
  ],
  examples: [
    { command: "letme exec example1 -- aws s3 ls", purpose: "one command" },
    {
      command: "letme exec example1 --region us-east-1 -- make deploy",
      purpose: "in another region",
    },
    { command: "letme exec example1", purpose: "a shell; `exit` ends it" },
  ],
  run: async (invocation) => {
    const { host, arguments: given } = invocation;
    const [name = "", ...stated] = given.words;
    const region = given.value("region");
    if (region !== undefined && !isRegionLabel(region)) {
      throw new LetmeError("usage", `\`--region\` must be an AWS region, not \`${region}\``, {
        hint: "a region looks like `eu-west-1`",
      });
    }
    const account = await accountCredentials(invocation, name);
    const environment = insideEnvironment(host.env, {
      ...account,
      ...(region === undefined ? {} : { region }),
    });
    const command = stated.length > 0 ? stated : [shellOf(host)];
    try {
      return await host.processes.become(command, environment);
    } catch (error) {
      const isMissing = errnoOf(error) === "ENOENT";
      throw new LetmeError(
        isMissing ? "not-found" : "not-executable",
        isMissing
          ? `there is no command \`${command[0]}\``
          : `\`${command[0]}\` cannot be run (${errnoOf(error) ?? "no reason known"})`,
        { hint: "the command is run without a shell: check its name and PATH", cause: error },
      );
    }
  },
};

function shellOf({ env, platform }: Pick<Host, "env" | "platform">): string {
  const stated = platform === "win32" ? env["COMSPEC"] : env["SHELL"];
  if (stated !== undefined && stated !== "") return stated;
  return platform === "win32" ? "cmd.exe" : "/bin/sh";
}
