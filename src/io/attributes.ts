import type { FFIFunction } from "bun:ffi";

/** Functions of the C library, by name. */
export type Symbols = Readonly<
  Record<string, ((...parameters: readonly unknown[]) => unknown) | undefined>
>;

/** What looking for extended attributes needs: llistxattr(2). */
export const listing: Readonly<Record<string, FFIFunction>> = {
  llistxattr: { args: ["ptr", "ptr", "usize"], returns: "i64" },
};

/** What copying them needs beside that. */
export const copying: Readonly<Record<string, FFIFunction>> = {
  lgetxattr: { args: ["ptr", "ptr", "ptr", "usize"], returns: "i64" },
  lsetxattr: { args: ["ptr", "ptr", "ptr", "usize", "i32"], returns: "i32" },
};

// XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux: no list and no value is longer.
const longestList = 65_536;
const longestValue = 65_536;
const usualList = 1024;
const accessList = "system.posix_acl_access";

/**
 * Copies what users have attached to a file: attributes of their own and the access control list.
 * Labels of the system's security modules are its own to give. One call where there is nothing to
 * copy; `open` gives the functions of `copying`, and `fail` throws what the last call failed with
 * where the list cannot be copied. Gives the names of the attributes that could not be.
 */
export function copyAttributes(
  symbols: Symbols,
  open: () => Symbols,
  fail: (name: string) => never,
  from: string,
  to: string,
): readonly string[] {
  const source = cString(from);
  const names = namesOf(symbols, source).filter(isUsers);
  if (names.length === 0) return [];
  const { lgetxattr, lsetxattr } = open();
  const target = cString(to);
  const value = Buffer.allocUnsafeSlow(longestValue);
  const lost: string[] = [];
  for (const name of names) {
    const key = cString(name);
    const length = Number(lgetxattr?.(source, key, value, longestValue) ?? -1);
    const isCopied = length >= 0 && lsetxattr?.(target, key, value, length, 0) === 0;
    if (isCopied) continue;
    // Who may read the file is no matter to be lenient about.
    if (name === accessList) fail(length < 0 ? "lgetxattr" : "lsetxattr");
    lost.push(name);
  }
  return lost;
}

/** None where the file system has no attributes, or will not tell. */
function namesOf({ llistxattr }: Symbols, path: Uint8Array): readonly string[] {
  for (const room of [usualList, longestList]) {
    const list = Buffer.alloc(room);
    const length = Number(llistxattr?.(path, list, room) ?? -1);
    if (length >= 0) return list.toString("utf8", 0, length).split("\0");
  }
  return [];
}

function isUsers(name: string): boolean {
  return name.startsWith("user.") || name === accessList;
}

/** As C has texts: with a zero behind it. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
