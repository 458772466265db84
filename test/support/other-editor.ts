/**
 * Another program that edits the AWS files while letme does, with a temporary file of its own and
 * without any lock. Run as `bun other-editor.ts CONFIG CREDENTIALS`: it adds a section `other-N` to
 * both files for each line that it reads, and ends where there are no more. It is a careful program:
 * it looks whether the file is still the one that it read, and where the system can swap files, at
 * what it replaced. Otherwise it would lose letme's profiles, and no letme could help that.
 */
import { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { cLibrary } from "../../src/io/c-library.ts";

const library = cLibrary(process.platform === "darwin" ? "darwin" : "linux");
const exchange = (one: string, other: string) => library?.exchange(one, other) ?? false;

const [config = "", credentials = ""] = process.argv.slice(2);

function edit(path: string, section: string): boolean {
  const seen = statSync(path).ino;
  const text = readFileSync(path);
  const temporary = `${path}.other`;
  writeFileSync(temporary, Buffer.concat([text, Buffer.from(section)]), { mode: 0o600 });
  if (Buffer.compare(readFileSync(path), text) !== 0 || statSync(path).ino !== seen) return false;
  if (!exchange(temporary, path)) {
    renameSync(temporary, path);
    return true;
  }
  const isRight = Buffer.compare(readFileSync(temporary), text) === 0;
  if (!isRight) exchange(temporary, path);
  unlinkSync(temporary);
  return isRight;
}

function insist(path: string, section: string): void {
  for (let tries = 0; tries < 1000; tries++) if (edit(path, section)) return;
  throw new Error(`${path} never held still`);
}

let number = 0;
for await (const line of console) {
  // What comes behind the last line end is no line.
  if (line === "") continue;
  insist(config, `[profile other-${number}]\nregion = eu-west-3\n\n`);
  insist(
    credentials,
    `[other-${number}]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = s\n\n`,
  );
  number++;
}
