declare const LETME_VERSION: string;
declare const LETME_COMMIT: string;
declare const LETME_TARGET: string;

/** The version of package.json, which the build puts in. */
export const version = typeof LETME_VERSION === "string" ? LETME_VERSION : "0.0.0-source";

/** The line that `letme --version` prints. */
export const versionLine = `letme ${version}${built()}\n`;

function built(): string {
  const parts = [
    typeof LETME_COMMIT === "string" ? LETME_COMMIT : "",
    typeof LETME_TARGET === "string" ? LETME_TARGET : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
