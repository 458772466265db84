import { parse, stringify } from "smol-toml";
import {
  type Account,
  type CheckedAccount,
  checkAccount,
  mixedList,
  type RawAttribute,
  unsoundEntry,
} from "./account.ts";

/** Reads accounts in the snapshot's form: a table an account. Throws smol-toml's `TomlError`. */
export function parseAccounts(text: string): readonly CheckedAccount[] {
  // Numbers of accounts and of DynamoDB may be longer than a double holds.
  const tables = parse(text, { integersAsBigInt: "asNeeded" });
  return Object.entries(tables).map(([key, table]) => {
    if (typeof table !== "object" || Array.isArray(table) || table instanceof Date) {
      return unsoundEntry(key, "name", "is not that of a table");
    }
    const raw = Object.fromEntries(
      Object.entries(table).map(([name, value]) => [name, rawAttribute(value)] as const),
    );
    if (typeof raw["name"] === "string" && raw["name"] !== key) {
      return unsoundEntry(key, "name", "is not that of its table");
    }
    // The table's own name stands for the account's where a file kept by hand does not repeat it.
    return checkAccount({ name: key, ...raw });
  });
}

function rawAttribute(value: unknown): RawAttribute {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "bigint") return String(value);
  if (!Array.isArray(value)) return { unfit: value instanceof Date ? "a date" : "a table" };
  return value.some((one) => typeof one !== "string") ? mixedList : value;
}

/** One account in the snapshot's form: its table's header, then a line an attribute. */
export function renderAccount(account: Account): string {
  const { name, id, description, regions, roles, tags, other } = account;
  return stringify({
    [name]: {
      ...(id === undefined ? {} : { id: /^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id }),
      name,
      ...(description === undefined ? {} : { description }),
      region: [...regions],
      role: [...roles],
      ...(tags.length === 0 ? {} : { tags: [...tags] }),
      ...other,
    },
  });
}

/** The line that opens the account's table, as `renderAccount` writes it. */
export function headerLine(name: string): string {
  // Almost every name is a bare key, as https://toml.io/en/v1.0.0#keys has it.
  if (/^[\w-]+$/.test(name)) return `[${name}]`;
  return stringify({ [name]: { name } }).split("\n", 1)[0] ?? "";
}
