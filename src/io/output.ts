import { errnoOf, LetmeError } from "../errors.ts";

/**
 * Writes all of a text to stdout. A reader that has gone away is not an error: `letme list | head`
 * ends quietly. A full disk is one. Never through `process.stdout`: touching that costs more than
 * the whole start of the program.
 */
export async function writeOut(text: string): Promise<void> {
  // Of an empty text Bun empties the file that stdout goes to, whatever stood there before.
  if (text === "") return;
  try {
    await Bun.write(Bun.stdout, text);
  } catch (error) {
    if (errnoOf(error) === "EPIPE") return;
    throw new LetmeError(
      "failed",
      `stdout cannot be written (${errnoOf(error) ?? String(error)})`,
      {
        hint: "check where the output goes: a full disk, a closed file",
        cause: error,
      },
    );
  }
}
