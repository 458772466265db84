import type { Command, Invocation } from "../cli/declaration.ts";
import { LetmeError } from "../errors.ts";
import { printableJson } from "../io/printable.ts";
import { renderTable } from "../io/table.ts";
import { formatTimeTo } from "../settings/duration.ts";
import { letmePaths } from "../settings/paths.ts";
import type { RememberedCredentials } from "../state/content.ts";
import { openState, type StateFile } from "../state/state.ts";
import { outputOption } from "./output-option.ts";

export const session: Command = {
  words: "[clear]",
  minimumWords: 0,
  maximumWords: 1,
  options: [outputOption],
  details: [
    "Remembered are MFA sessions, so that a code need not be typed again, the credentials of roles on\nthe way to others, and those of accounts that `export` and `exec` got. They are kept in\n`state.json` in letme's folder until they expire. No secret is shown. `letme session clear`\nforgets them; the profiles in your AWS files stay.",
  ],
  examples: [
    { command: "letme session", purpose: "what is remembered, and until when" },
    { command: "letme session clear", purpose: "forget it: the next code is asked for again" },
  ],
  run: async (invocation) => {
    const { host, report, arguments: given } = invocation;
    const state = openState(host, letmePaths(host).state, report.warn);
    const [word] = given.words;
    if (word === undefined) return show(invocation, state);
    if (word === "clear") return clear(invocation, state);
    throw new LetmeError("usage", `\`letme session\` does not know \`${word}\``, {
      hint: "`letme session` shows what is remembered, `letme session clear` forgets it",
    });
  },
};

async function show({ host, report, arguments: given }: Invocation, state: StateFile) {
  const remembered = sorted(Object.values((await state.read()).credentials));
  if (given.value("output") === "json") {
    return report.result(`${printableJson({ items: remembered.map(document) })}\n`);
  }
  if (remembered.length === 0) {
    report.progress("letme remembers no credentials");
    return;
  }
  const now = host.clock.now();
  const rows = remembered.map(({ kind, label, source, region, expiration }) => [
    names[kind],
    label,
    source,
    region,
    formatTimeTo(new Date(expiration), now),
  ]);
  const header = ["KIND:", "OF:", "SOURCE KEY:", "REGION:", "LEFT:"];
  return report.result(renderTable(header, rows, report.colorOnResult()));
}

async function clear({ report }: Invocation, state: StateFile) {
  const count = Object.keys((await state.read()).credentials).length;
  // Which code was used last stays known: AWS does not take it again either way.
  const done = await state.update((before) => ({ ...before, lookups: {}, credentials: {} }));
  await state.forgetSetAside();
  if (!done) {
    throw new LetmeError("failed", "what letme remembers cannot be written", {
      hint: "see whom letme's folder belongs to, and whether the disk is full",
    });
  }
  report.progress(
    count === 0
      ? "letme remembered no credentials"
      : `Forgot what was remembered: ${count === 1 ? "1 set" : `${count} sets`} of credentials`,
  );
}

const names: Readonly<Record<RememberedCredentials["kind"], string>> = {
  "mfa-session": "MFA session",
  hop: "role",
  account: "account",
};

/** MFA sessions first, each kind by what it is of. */
function sorted(remembered: readonly RememberedCredentials[]): readonly RememberedCredentials[] {
  const order = (one: RememberedCredentials) =>
    `${one.kind === "mfa-session" ? 0 : 1} ${one.label} ${one.region} ${one.expiration}`;
  return remembered.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** An entry of `-o json`; members may be added to it, and none is taken away. */
function document({ kind, label, source, region, expiration }: RememberedCredentials) {
  return { kind, of: label, sourceKey: source, region, expiration };
}
