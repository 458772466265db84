import { isRegionLabel, looksLikeRegion } from "../region-form.ts";

/** An account of the registry, checked. */
export interface Account {
  readonly name: string;
  /** The account's number, as the registry has it. */
  readonly id: string | undefined;
  readonly description: string | undefined;
  /** The first is the main one. */
  readonly regions: readonly string[];
  /** Role ARNs in hop order, at least one; the last is the account's own. */
  readonly roles: readonly string[];
  /** What `--filter` looks for; none where the registry has none that are text. */
  readonly tags: readonly string[];
  /** Attributes that letme has no meaning for; kept in snapshots. */
  readonly other: Readonly<Record<string, OtherAttribute>>;
}

export type OtherAttribute = string | number | boolean | readonly string[];

/** What a registry's entry says of an account, before it is checked: plain values by name. */
export type RawAccount = Readonly<Record<string, RawAttribute>>;

/** A value in plain terms; `unfit` names a type that no attribute of letme's can have. */
export type RawAttribute = OtherAttribute | { readonly unfit: string };

/** What to call a list that has not only strings in it. */
export const mixedList: RawAttribute = { unfit: "a list with other than strings in it" };

/** A checked account, or what is wrong with the entry. */
export type CheckedAccount = { readonly account: Account } | UnsoundEntry;

/** An entry that is not a sound account. */
export interface UnsoundEntry {
  /** The name that it has, whatever that holds; undefined where it has none. */
  readonly name: string | undefined;
  /** How to name it in a message. */
  readonly label: string;
  readonly attribute: string;
  readonly problem: string;
}

// Enough for any real name, and short enough for a line of a terminal.
const longestName = 128;
// Real chains have two or three; each role of one is a call to STS, and they go out one by one.
const mostRoles = 16;

/**
 * Checks a registry's entry: it is data that others wrote. `name` and `role` are needed; `role` and
 * `region` may be one string or several; `id` a number or a string. No text may hold control
 * characters, so that none can forge a line of a file or steer a terminal. `tags` may be one string
 * or several; of any other form they are an attribute like those that letme has no meaning for.
 */
export function checkAccount(raw: RawAccount): CheckedAccount {
  const name = raw["name"];
  const wrong = (attribute: string, problem: string) =>
    typeof name === "string" && name !== ""
      ? unsoundEntry(name, attribute, problem)
      : { name: undefined, label: labelWithoutName(raw), attribute, problem };

  if (name === undefined) return wrong("name", "is missing");
  if (typeof name !== "string") return wrong("name", `must be a string, not ${kindOf(name)}`);
  if (name === "") return wrong("name", "is empty");
  if (name.length > longestName) return wrong("name", `is longer than ${longestName} characters`);
  if (!isPlainText(name)) return wrong("name", "has control or invisible characters in it");

  const roles = strings(raw["role"]);
  if (roles === undefined) {
    return wrong("role", `must be a list of role ARNs, not ${kindOf(raw["role"])}`);
  }
  if (roles.length === 0) return wrong("role", "is missing or empty");
  if (roles.length > mostRoles) return wrong("role", `has more than ${mostRoles} role ARNs`);
  const badRole = roles.find((role) => !isRoleArn(role));
  if (badRole !== undefined)
    return wrong("role", `has \`${shown(badRole)}\`, which is no role ARN`);

  const regions = strings(raw["region"]);
  if (regions === undefined) {
    return wrong("region", `must be a list of regions, not ${kindOf(raw["region"])}`);
  }
  // The main one goes into a profile, where AWS's tools make hosts of it; the others are shown only.
  const [mainRegion, ...otherRegions] = regions;
  const badRegion =
    mainRegion !== undefined && !looksLikeRegion(mainRegion)
      ? mainRegion
      : otherRegions.find((region) => !isRegionLabel(region));
  if (badRegion !== undefined)
    return wrong("region", `has \`${shown(badRegion)}\`, which is no region`);

  const id = raw["id"];
  if (id !== undefined && typeof id !== "string" && typeof id !== "number") {
    return wrong("id", `must be a number or a string, not ${kindOf(id)}`);
  }
  if (typeof id === "string" && !isPlainText(id))
    return wrong("id", "has control characters in it");

  const description = raw["description"];
  if (description !== undefined && typeof description !== "string") {
    return wrong("description", `must be a string, not ${kindOf(description)}`);
  }
  const tags = strings(raw["tags"]);
  return {
    account: {
      name,
      id: id === undefined ? undefined : String(id),
      description,
      regions,
      roles,
      tags: tags ?? [],
      other: otherAttributes(raw, tags === undefined ? meaningful : [...meaningful, "tags"]),
    },
  };
}

/** An entry of this name with something wrong in it. */
export function unsoundEntry(name: string, attribute: string, problem: string): UnsoundEntry {
  return { name, label: shown(name), attribute, problem };
}

const meaningful: readonly string[] = ["name", "id", "description", "region", "role"];

function otherAttributes(raw: RawAccount, known: readonly string[]): Account["other"] {
  const other: Record<string, OtherAttribute> = {};
  for (const [name, value] of Object.entries(raw)) {
    // What is no Unicode text cannot stand in a file; DynamoDB has no such names.
    const kept = !known.includes(name) && !isUnfit(value) && name.isWellFormed();
    // A plain assignment to `__proto__` would set the object's prototype instead of a member.
    if (kept) Object.defineProperty(other, name, { value, enumerable: true });
  }
  return other;
}

function isUnfit(value: RawAttribute): value is { readonly unfit: string } {
  return typeof value === "object" && !Array.isArray(value);
}

function labelWithoutName(raw: RawAccount): string {
  const id = raw["id"];
  return typeof id === "string" || typeof id === "number"
    ? `id ${shown(String(id))}`
    : "an item without a name";
}

/** One string or several as several; absent as none; undefined for anything else. */
function strings(value: RawAttribute | undefined): readonly string[] | undefined {
  if (value === undefined || value === "") return [];
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  return value.some((one) => typeof one !== "string") ? undefined : value;
}

function kindOf(value: RawAttribute | undefined): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return (value as { readonly unfit: string }).unfit;
  return `a ${typeof value}`;
}

/** A name or value as a message may hold it: on one line, visible, and not endless. */
export function shown(text: string): string {
  const short = text.length > longestName ? `${text.slice(0, longestName)}…` : text;
  return short.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function isPlainText(text: string): boolean {
  // Most are ASCII, and patterns of Unicode's properties take long to compile.
  if (/^[ -~]*$/.test(text)) return true;
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
function isRoleArn(text: string): boolean {
  return (
    text.length >= 20 &&
    text.length <= 2048 &&
    /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/.test(text)
  );
}
