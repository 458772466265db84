import { awsTime } from "../aws/client.ts";
import type { Arguments, Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { checkFolder } from "../files/writable.ts";
import { lifeLeft } from "../obtain/keep.ts";
import type { ReadDocument } from "../profiles/document-reader.ts";
import { readManagedProfiles } from "../profiles/managed.ts";
import { profileNameProblem } from "../profiles/names.ts";
import { checkOwnership } from "../profiles/ownership-check.ts";
import { protectCredentials } from "../profiles/protection.ts";
import { readSettings } from "../settings/settings.ts";
import { mayAsk } from "./asking.ts";
import { readAwsFiles } from "./aws-files.ts";
import { type Ground, openGround } from "./ground.ts";
import type { ObtainGround, Result } from "./obtain-todo.ts";
import { standInProfile } from "./profile-of.ts";
import { refusedNames, refusedUnnamed, withoutNames, withoutTodo } from "./refused-names.ts";
import { keepingOptions, readMinRemaining, readSelection, selectionOptions } from "./selection.ts";
import { registrySettings, settingOptions } from "./setting-options.ts";
import { summarise, tellMany, tellOne } from "./telling.ts";
import { tokenCodeOption, tokenCodes } from "./token-codes.ts";
import { dryRunOption, tellPreview, tellProtected } from "./updates.ts";
import { noWarmth } from "./warmth.ts";
import { findWork, saveLearnt, type Work } from "./work.ts";

export const obtain: Command = {
  words: "[<name>...]",
  minimumWords: 0,
  maximumWords: Number.POSITIVE_INFINITY,
  options: [
    ...selectionOptions,
    ...settingOptions(["session_duration"]),
    {
      long: ["profile"],
      value: "NAME",
      description: "write under another name than the account's",
      completes: "profile",
    },
    ...keepingOptions,
    {
      long: ["credential-process"],
      description: "have the profile ask letme each time, in place of credentials in the file",
    },
    {
      long: ["v1"],
      description: "print what `letme export <name> --format process` does, and write nothing",
    },
    dryRunOption,
    tokenCodeOption,
    ...settingOptions([...registrySettings, "mfa_arn", "session_name"]),
  ],
  details: [
    "The account's role is assumed, through a chain of roles where the registry has one, and the\ncredentials are written into your AWS files as a profile of the account's name. A profile of that\nname that is not letme's is never touched.",
    "Of many accounts, roles that their chains share are assumed once, and one MFA code serves all.\nCredentials that are still valid are kept. Where one account fails, the others go on.",
  ],
  examples: [
    { command: "letme obtain example1", purpose: "get credentials for an account" },
    { command: "letme obtain example1 -d 4h", purpose: "that last four hours" },
    { command: "letme obtain example1 --mfa-token 123456", purpose: "without being asked" },
    { command: "letme obtain example1 example2", purpose: "for two accounts" },
    { command: "letme obtain --filter prod --filter eu", purpose: "for all that have both tags" },
  ],
  run: async (invocation) => {
    const { host, arguments: given } = invocation;
    if (given.on("v1")) return printProcess(invocation);
    const asProcess = given.on("credential-process");
    const minRemaining = readMinRemaining(given);
    const settings = readSettings(host, given.value);
    const selection = readSelection(given, settings);
    const single = selection.by === "names" && selection.names.length === 1;
    const codes = tokenCodes(invocation, settings);
    const dryRun = given.on("dry-run");
    if (settings.mfaArn !== undefined && !dryRun) codes.checkGiven();
    const files = readAwsFiles(invocation);
    const { locations, documents } = files;
    const profileName = readProfileName(given);
    // Of large files no more is looked at than is asked for.
    const only = selection.by === "names" ? namesToWrite(selection.names, profileName) : undefined;
    const written = (read: ReadDocument): Ground["written"] =>
      given.on("renew") || asProcess
        ? new Map()
        : new Map(readManagedProfiles(host, locations, only, read).map((one) => [one.name, [one]]));
    const before = written(documents.latest);
    // What may be kept is in blocks of letme's, and perhaps nothing is to be written.
    const mayKeep = (name: string) =>
      (before.get(name) ?? []).some(
        (one) => lifeLeft(one, host.clock.now(), minRemaining) !== undefined,
      );
    // Any other name that may not be written is found before AWS or the user is asked anything.
    const checkNames = (read: ReadDocument) => (names: readonly string[]) => {
      checkFolder(host, settings.paths.home);
      checkOwnership(host, locations, names, read);
    };
    const unfit = refusedNames(
      only?.filter((name) => !mayKeep(name)) ?? [],
      checkNames(documents.latest),
    );
    const [unwritable] = unfit;
    if (single && unwritable !== undefined) throw unwritable.error;
    const fit = withoutNames(selection, unfit);

    const common = openGround(invocation, settings, files, codes);
    const { connection } = common;
    const warmth = dryRun || asProcess ? noWarmth : common.warmth;
    const ground = { ...common, warmth, minRemaining, profileName };
    const planned = await findWork({ ...ground, written: before }, fit);
    const found = withoutTodo(planned, refusedUnnamed(selection, planned.todo));
    const isUnchecked = (name: string) => only === undefined || mayKeep(name);
    const late = refusedNames(
      found.todo.map((todo) => todo.profileName).filter(isUnchecked),
      checkNames(documents.current),
    );
    const work = withoutTodo(found, late);
    const failed = [...unfit, ...work.failed];
    const [first] = failed;
    if (single && first !== undefined) throw first.error;

    // AWS says when credentials end, by its own clock.
    const now = () => awsTime(connection.client);
    const telling = (single ? tellOne : tellMany)(invocation, settings, now);
    const total = work.kept.length + work.todo.length + failed.length;
    if (given.on("all") && !dryRun) await confirmAll(invocation, total);
    telling.kept(work.kept);
    if (asProcess) {
      telling.pause();
      const { writeProcessProfiles } = await import("./process-profiles.ts");
      const refused = await writeProcessProfiles(invocation, settings, files, work.todo);
      const [only] = refused;
      if (single && only !== undefined) throw only.error;
      failed.push(...refused);
    } else if (dryRun) {
      telling.plan(work.todo);
      telling.pause();
      const profiles = work.todo.map((todo) => standInProfile(todo, host));
      const { previewWrite } = await import("../profiles/store.ts");
      await tellPreview(invocation, previewWrite(host, locations, profiles));
    } else {
      if (work.kept.length > 0 && work.todo.length === 0) {
        const { credentials } = locations;
        tellProtected(invocation, credentials, protectCredentials(host, credentials));
      }
      const todo = {
        ...ground,
        ...{ files, codes, telling },
        written: async () => written(documents.current),
      };
      const result = await obtainAll(todo, work);
      failed.push(...result.failed);
      const [only] = result.failed;
      if (single && only !== undefined) throw only.error;
      telling.done(result.obtained, [...work.kept, ...result.kept]);
    }
    if (failed.length > 0) throw summarise(failed, total);
  },
};

/** The older spelling of `export --format process`. */
async function printProcess(invocation: Invocation): Promise<void> {
  const [name, ...others] = invocation.arguments.words;
  if (name === undefined || others.length > 0) {
    throw new LetmeError("usage", "`--v1` prints the credentials of one account", {
      hint: "as in `letme obtain example1 --v1`",
    });
  }
  const { accountCredentials } = await import("./account-credentials.ts");
  const { renderCredentials } = await import("./export-formats.ts");
  const account = await accountCredentials(invocation, name);
  return invocation.report.result(renderCredentials(account, "process"));
}

async function obtainAll(ground: Omit<ObtainGround, "delivery">, work: Work): Promise<Result> {
  if (work.todo.length === 0) {
    await saveLearnt(ground.state, work);
    return { obtained: [], kept: [], failed: [] };
  }
  // Loaded where it is needed: credentials that are kept cost nothing of it.
  const { intoAwsFiles, obtainTodo } = await import("./obtain-todo.ts");
  const delivery = intoAwsFiles(ground.invocation, ground.settings, ground.files);
  return obtainTodo({ ...ground, delivery }, work);
}

/** The name to write under, where one is given. */
function readProfileName(given: Arguments): string | undefined {
  const name = given.value("profile");
  const problem = name === undefined ? undefined : profileNameProblem(name);
  if (problem === undefined) return name;
  throw new LetmeError("usage", `\`--profile\` cannot be \`${name}\`: ${problem}`, {
    hint: "give a name like `example1`",
  });
}

function namesToWrite(names: readonly string[], profileName: string | undefined) {
  return profileName === undefined ? names : [profileName];
}

/** More accounts than these are seldom meant by a mere `--all`. */
const mostUnasked = 20;

async function confirmAll(invocation: Invocation, count: number): Promise<void> {
  const { host, arguments: given } = invocation;
  if (count <= mostUnasked || given.on("yes")) return;
  if (!mayAsk(invocation)) {
    throw new LetmeError("usage", `these are ${count} accounts, and there is no one to ask`, {
      hint: "say that you mean it with `--yes`, or choose with `--filter TAG`",
    });
  }
  if (await host.terminal.askYesNo(`Get credentials for ${count} accounts?`)) return;
  throw new LetmeError("interrupted", "cancelled, nothing was changed");
}
