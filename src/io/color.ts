/** What decides whether a stream gets colour. */
export interface ColorChoice {
  /** `--color`. */
  readonly when: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: () => boolean;
}

/** `--color`, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then TERM, then the stream. */
export function wantsColor(choice: ColorChoice): boolean {
  if (choice.when === "always") return true;
  if (choice.when === "never") return false;
  const { env } = choice;
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "") {
    return env["FORCE_COLOR"] !== "0";
  }
  if (env["TERM"] === "dumb") return false;
  return choice.isTerminal();
}

/** The few styles in use. */
export const styles = { bold: "1", dim: "2", yellow: "33" } as const;

/** The text in a style, or as it is. */
export function styled(text: string, style: keyof typeof styles, color: boolean): string {
  return color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}
