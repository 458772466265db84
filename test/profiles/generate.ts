import type { FileKind } from "../../src/profiles/document.ts";

/** A stream of numbers that a seed decides (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  }
}

const names = ["acme", "acme-dev", "acm", "prod", "prod/eu", "default", "a.b@c", "x+y"] as const;

/** Blanks to some AWS tools and not to others, a character a byte. */
const oddBlanks = [
  ..."\u00a0\u0085\u1680\u2003\u2028\u202f\u205f\u3000\ufeff\u001c\u001f\u000b\u000c\u0001",
].map((blank) => Buffer.from(blank).toString("latin1"));

/** A name that a profile may be written under. */
export function generateName(random: Random): string {
  return random.pick([...names, "new", "new1"]);
}

/**
 * A file's text, one character a byte: things that people and tools really leave in their AWS files,
 * good and bad, in any order. `wild` files hold what breaks readers, the others little of it.
 */
export function generateText(random: Random, kind: FileKind, wild: boolean): string {
  const ending = random.pick(["\n", "\n", "\n", "\r\n"]);
  const lines: string[] = [];
  const count = random.below(9);
  const used = new Set<string>();
  for (let part = 0; part < count; part += 1) lines.push(...generatePart(random, kind, wild, used));
  let text = lines
    .map(
      (line) => line + (wild && random.chance(0.05) ? random.pick(["\n", "\r\n", "\r"]) : ending),
    )
    .join("");
  if (random.chance(0.3)) text = text.replace(/\r?\n$/, "");
  if (wild && random.chance(0.04)) text = `\u00ef\u00bb\u00bf${text}`;
  if (wild && random.chance(0.03)) text += random.pick(["\r", "   ", "\t", "\u00ff\u00fe"]);
  return text;
}

function generatePart(
  random: Random,
  kind: FileKind,
  wild: boolean,
  used: Set<string>,
): readonly string[] {
  const name = random.pick(names);
  if (wild && random.chance(0.25)) return [oddLine(random, kind, name)];
  if (!wild && used.has(name)) return random.chance(0.5) ? ["# a comment"] : [""];
  used.add(name);
  if (random.chance(0.35)) return letmeBlock(random, kind, name, wild);
  const lines = random.chance(0.3) ? ["# my own account", ""] : [];
  if (random.chance(0.1)) lines.push("; letme managed");
  lines.push(header(random, kind, name, wild));
  const keys = new Set<string>();
  for (let key = random.below(4); key > 0; key -= 1) {
    lines.push(...property(random, kind, wild, keys));
  }
  if (random.chance(0.3)) lines.push("");
  return lines;
}

function header(random: Random, kind: FileKind, name: string, wild: boolean): string {
  const plain = kind === "credentials" || name === "default" ? `[${name}]` : `[profile ${name}]`;
  if (kind === "config" && random.chance(0.1)) return `[sso-session ${name}]`;
  if (kind === "config" && random.chance(0.05)) return `[services ${name}]`;
  if (!wild || random.chance(0.7)) return plain;
  const blank = random.pick(oddBlanks);
  return random.pick([
    `${blank}${plain}`,
    `${plain}${blank}`,
    `${plain}${blank}# note`,
    plain.replace("[", `[${blank}`),
    plain.replace("]", `${blank}]`),
    `[profile${blank}${name}]`,
    `${plain} # note`,
    `${plain};note`,
    ` ${plain}`,
    `[ ${name} ]`,
    `[profile   ${name}]`,
    `[profile "${name}"]`,
    `[profile.${name}]`,
    `[profiles ${name}]`,
    `[profile ${name}`,
    `[profile ${name}] [old]`,
    `[${name}]`,
    "[DEFAULT]",
    "[a b]",
    "[]",
    "[caf\u00c3\u00a9]",
  ]);
}

function property(
  random: Random,
  kind: FileKind,
  wild: boolean,
  used: Set<string>,
): readonly string[] {
  const simple: string[][] = [
    ["region = eu-west-1"],
    ["output=text"],
    ["aws_access_key_id = AKIAIOSFODNN7EXAMPLE"],
    ["aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["aws_session_token = abc+/=="],
    ["cli_pager ="],
    ["s3 =", "  max_concurrent_requests = 20", "", "    addressing_style = path"],
    ["role_arn = arn:aws:iam::123456789012:role/x", "source_profile = default"],
    ["credential_process = /opt/bin/tool --json"],
    ["note = a value # with a comment"],
    ["long = one", "  two", "  three"],
    ["caf = caf\u00c3\u00a9"],
  ];
  const blank = random.pick(oddBlanks);
  const odd: string[][] = [
    ...["region", "aws_session_token"].flatMap((key) => [
      [`${key}${blank}= odd`],
      [`${blank}${key} = odd`],
      [`${key} =${blank}odd`],
    ]),
    [blank],
    [`${blank}# comment`],
    ["  region = indented"],
    ["AWS_ACCESS_KEY_ID = AKIAUPPER"],
    ["region : colon"],
    ["bare"],
    ["= no key"],
    ["  # indented comment"],
    ["region = a", "region = b"],
    ["bad = \u00ff\u0080"],
    ["token = x\ry = 2"],
    ["aws_security_token = old"],
    ["credential_process = letme obtain acme --v1"],
  ];
  const lines = wild && random.chance(0.3) ? random.pick(odd) : random.pick(simple);
  if (!wild) {
    const keys = lines.map((line) => line.split(/\s*=/)[0] ?? "");
    if (keys.some((key) => used.has(key))) return [];
    for (const key of keys) used.add(key);
  }
  return kind === "credentials" && lines[0] === "s3 =" ? [] : lines;
}

function letmeBlock(random: Random, kind: FileKind, name: string, wild: boolean): string[] {
  const block = [`#s-${name}`];
  if (kind === "credentials") {
    block.push("#Nov 2, 2026 03:22:40;t");
    if (random.chance(0.5)) block.push("#expires 2026-11-02T04:22:40Z chain 5f0c2a91");
    block.push(`[${name}]`, "aws_access_key_id = ASIAOLD", "aws_secret_access_key = old/+");
    if (random.chance(0.8)) block.push("aws_session_token = old==");
    if (random.chance(0.2)) block.push("aws_security_token = stale==");
  } else {
    block.push("#managed by letme", name === "default" ? "[default]" : `[profile ${name}]`);
    block.push("region = eu-west-1", "output = json");
    if (random.chance(0.2)) block.push(`credential_process = letme obtain ${name} --v1`);
  }
  if (random.chance(0.2)) block.push("cli_pager = less");
  if (kind === "config" && random.chance(0.1))
    block.push("s3 =", "  use_accelerate_endpoint = true");
  if (random.chance(0.1)) block.splice(1 + random.below(block.length), 0, "# a user's comment");
  if (random.chance(0.1)) block.splice(1 + random.below(block.length), 0, "");
  block.push(`#e-${name}`);
  if (wild && random.chance(0.1)) {
    const odd = `${random.pick(oddBlanks)}=${random.pick(oddBlanks)}`;
    const key = kind === "config" ? "region" : "aws_session_token";
    block.splice(1 + random.below(block.length), 0, `${key}${odd}x`);
  }
  if (wild && random.chance(0.2)) block.splice(random.below(block.length), 1);
  if (wild && random.chance(0.05)) block.push("region = behind");
  if (wild && random.chance(0.05)) return [...block, ...block];
  return block;
}

function oddLine(random: Random, kind: FileKind, name: string): string {
  return random.pick([
    `#s-${name}`,
    `#e-${name}`,
    "; letme managed",
    " ; letme managed",
    header(random, kind, name, true),
    "stray = value",
    "bare words",
    "  indented = value",
    "\t",
    "#",
    "\u00ff\u0000\u0001",
    "[profile \u00ff]",
    "#s-",
    ` #s-${name}`,
    "[",
    "]",
    "=",
  ]);
}
