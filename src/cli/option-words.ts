import type { Option } from "./declaration.ts";

/** An option as it stands on the command line. */
export interface OptionToken {
  /** As it is written, dashes included. */
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean;
}

/** The options in one word; the value of the last may be the word behind it. */
export function optionTokens(
  word: string,
  takesValue: (rawName: string) => boolean,
): OptionToken[] {
  return word.startsWith("--") ? [longToken(word)] : shortTokens(word, takesValue);
}

/** The option that is written so, dashes included. */
export function optionNamed(options: readonly Option[], rawName: string): Option | undefined {
  return rawName.startsWith("--")
    ? options.find(({ long }) => long.includes(rawName.slice(2)))
    : options.find(({ short }) => short !== undefined && rawName === `-${short}`);
}

/** `--name` or `--name=value`. */
function longToken(arg: string): OptionToken {
  const sign = arg.indexOf("=", 3);
  if (sign === -1) return { rawName: arg };
  return { rawName: arg.slice(0, sign), value: arg.slice(sign + 1), inlineValue: true };
}

/** `-a`, several as in `-abc`, or one with its value as in `-d1h`, which ends the word. */
function shortTokens(arg: string, takesValue: (rawName: string) => boolean): OptionToken[] {
  const tokens: OptionToken[] = [];
  for (let index = 1; index < arg.length; index++) {
    const rawName = `-${arg[index]}`;
    const rest = arg.slice(index + 1);
    if (rest !== "" && takesValue(rawName)) {
      return [...tokens, { rawName, value: rest, inlineValue: true }];
    }
    tokens.push({ rawName });
  }
  return tokens;
}
