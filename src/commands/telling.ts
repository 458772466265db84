import type { Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { liveLine } from "../io/live-line.ts";
import type { Outcome } from "../obtain/callers.ts";
import type { RoleChain } from "../obtain/plan.ts";
import { shown } from "../registry/account.ts";
import { formatDuration, formatTimeTo } from "../settings/duration.ts";
import type { Settings } from "../settings/settings.ts";
import type { Failure, Kept, Todo } from "./work.ts";

/** A profile that was obtained. */
export interface Obtained {
  readonly profileName: string;
  readonly expiration: Date;
}

/** How `obtain` tells what it does, as it does it. */
export interface Telling {
  kept(profiles: readonly Kept[]): void;
  plan(todo: readonly Todo[]): void;
  hop(number: number, roleArn: string, remembered: boolean): void;
  outcome(outcome: Outcome): void;
  /** Something else is going to be written to the terminal. */
  pause(): void;
  /** At the very end of what was done. */
  done(obtained: readonly Obtained[], kept: readonly Kept[]): void;
}

/** One account: each step, as it happens. */
export function tellOne(invocation: Invocation, settings: Settings, now: () => Date): Telling {
  const { report } = invocation;
  let hops = 1;
  return {
    kept(profiles) {
      for (const { profileName, expiration } of profiles) {
        report.progress(
          `The credentials of \`${profileName}\` are still valid for ${formatTimeTo(expiration, now())}, until ${moment(expiration)}; \`--renew\` gets new ones`,
        );
      }
    },
    plan(todo) {
      for (const { chain } of todo) {
        hops = chain.hops.length;
        if (settings.sessionName === undefined) {
          report.progress(`Using default session name: ${chain.roleSessionName}`);
        }
        if (hops > 1) report.progress(`More than one role detected. Total hops: ${hops}`);
        if (chain.capped) warnOfCap(invocation, settings);
      }
    },
    hop(number, roleArn, remembered) {
      report.progress(`[${number}/${hops}] ${roleArn}${remembered ? " (remembered)" : ""}`);
    },
    outcome: () => undefined,
    pause: () => undefined,
    done(obtained, kept) {
      const ends = obtained.map(
        ({ profileName, expiration }) =>
          `The credentials of \`${profileName}\` expire in ${formatTimeTo(expiration, now())}, at ${moment(expiration)}`,
      );
      const uses = [...obtained, ...kept].map(
        ({ profileName }) =>
          `letme: use the argument '--profile ${profileName}' to interact with the account.`,
      );
      report.progress([...ends, ...uses].join("\n"));
    },
  };
}

/**
 * One account, for a program that gets its credentials: only what is needed to understand a wait, and
 * only where somebody may see it.
 */
export function tellHops(invocation: Invocation, settings: Settings, now: () => Date): Telling {
  const steps = tellOne(invocation, settings, now);
  const isSeen = invocation.host.terminal.isTerminal("stderr");
  const nothing = () => undefined;
  const quiet: Pick<Telling, "plan" | "hop"> = {
    plan: (todo) => {
      if (todo.some(({ chain }) => chain.capped)) warnOfCap(invocation, settings);
    },
    hop: nothing,
  };
  return { ...steps, kept: nothing, done: nothing, ...(isSeen ? {} : quiet) };
}

/** Many accounts: a line that counts them on a terminal, else a line an account. */
export function tellMany(invocation: Invocation, settings: Settings, now: () => Date): Telling {
  const { host, report, arguments: given } = invocation;
  const silent = given.on("quiet") || given.on("debug");
  const line = silent ? undefined : liveLine(host.terminal, host.env);
  let total = 0;
  let finished = 0;
  let failed = 0;
  let names = new Map<RoleChain, string>();
  const count = () => `${finished} of ${total} accounts${failed === 0 ? "" : `, ${failed} failed`}`;
  return {
    kept(profiles) {
      if (line !== undefined) return;
      for (const { profileName, expiration } of profiles) {
        report.progress(`${profileName}: kept, valid for ${formatTimeTo(expiration, now())}`);
      }
    },
    plan(todo) {
      total = todo.length;
      names = new Map(todo.map(({ chain, profileName }) => [chain, profileName]));
      if (todo.some(({ chain }) => chain.capped)) warnOfCap(invocation, settings);
      line?.show(count());
    },
    hop: () => undefined,
    outcome(outcome) {
      finished++;
      if ("error" in outcome) failed++;
      if (line !== undefined) return line.show(count());
      const name = names.get(outcome.chain) ?? outcome.chain.account.name;
      const what =
        "error" in outcome ? "failed" : `valid until ${moment(outcome.credentials.expiration)}`;
      report.progress(`[${finished}/${total}] ${name}: ${what}`);
    },
    pause: () => line?.clear(),
    done(obtained, kept) {
      line?.clear();
      if (obtained.length > 0) {
        const first = new Date(Math.min(...obtained.map((one) => one.expiration.getTime())));
        report.progress(
          `Obtained ${accounts(obtained.length)}; the first to expire does so in ${formatTimeTo(first, now())}, at ${moment(first)}`,
        );
      }
      if (kept.length > 0) {
        report.progress(
          `Kept ${accounts(kept.length)}, whose credentials are still valid; \`--renew\` gets new ones`,
        );
      }
      if (obtained.length + kept.length > 0) {
        report.progress("letme: use the argument '--profile NAME' to interact with an account.");
      }
    },
  };
}

/**
 * The failures of many accounts as one: each with its reason, those with the same reason together.
 * Of kind `credentials` where all of them are, as when AWS refused them.
 */
export function summarise(failed: readonly Failure[], total: number): LetmeError {
  const groups = new Map<string, { names: string[]; error: LetmeError }>();
  for (const { name, error } of failed) {
    const group = groups.get(error.message);
    if (group === undefined) groups.set(error.message, { names: [name], error });
    else group.names.push(name);
  }
  const reasons = [...groups.values()].map(
    ({ names, error }) =>
      `  ${names.map((name) => `\`${shown(name)}\``).join(", ")}: ${error.message}`,
  );
  const refused = failed.every(({ error }) => error.kind === "credentials");
  const hint = [...groups.values()].find(({ error }) => error.hint !== undefined)?.error.hint;
  return new LetmeError(
    refused ? "credentials" : "failed",
    [`${failed.length} of ${accounts(total)} failed`, ...reasons].join("\n"),
    hint === undefined ? {} : { hint },
  );
}

function warnOfCap({ report }: Invocation, settings: Settings): void {
  const wanted = formatDuration(settings.sessionDuration.value);
  report.warn(
    `the credentials last 1h, not ${wanted}: AWS gives no more to a role that is assumed with temporary credentials, as in a chain`,
  );
}

function accounts(count: number): string {
  return count === 1 ? "1 account" : `${count} accounts`;
}

function moment(date: Date): string {
  return date.toISOString().replace(".000", "");
}
