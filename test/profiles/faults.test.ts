import { describe, expect, test } from "bun:test";
import { LetmeError } from "../../src/errors.ts";
import { readSharedFiles } from "../../src/profiles/reader.ts";
import { removeProfiles, writeProfiles } from "../../src/profiles/store.ts";
import { Crash, type Fault, MemoryFiles, memoryHost } from "../support/memory-files.ts";
import { profileNamed } from "./profile-fixtures.ts";

const locations = { config: "/home/u/.aws/config", credentials: "/home/u/.aws/credentials" };
const lockPath = "/home/u/.letme/lock";
const errnos = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EIO", "EMFILE", "ENAMETOOLONG"];

const config = "# mine\n[profile prod]\nregion = us-east-1\ns3 =\n  addressing_style = path\n";
const credentials = "[prod]\naws_access_key_id = AKIAPROD\naws_secret_access_key = prodsecret";

interface Start {
  readonly label: string;
  readonly files: () => MemoryFiles;
  readonly act: (files: MemoryFiles) => Promise<unknown>;
}

function existing(): MemoryFiles {
  const files = new MemoryFiles();
  files.put(locations.config, config, 0o644);
  files.put(locations.credentials, credentials, 0o600);
  return files;
}

function written(): MemoryFiles {
  const files = existing();
  const block = (lines: string[]) => `${lines.join("\n")}\n`;
  files.put(
    locations.config,
    block(["#s-acme", "#managed by letme", "[profile acme]", "region = eu-west-1", "#e-acme"]) +
      config,
    0o644,
  );
  files.put(
    locations.credentials,
    block(["#s-acme", "[acme]", "aws_access_key_id = ASIAOLD", "#e-acme"]) + credentials,
  );
  return files;
}

const write = (files: MemoryFiles) =>
  writeProfiles(memoryHost(files), locations, lockPath, [profileNamed("acme")]);
const remove = (files: MemoryFiles) =>
  removeProfiles(memoryHost(files), locations, lockPath, ["acme"]);

const starts: readonly Start[] = [
  { label: "write, no files yet", files: () => new MemoryFiles(), act: write },
  { label: "write, other profiles there", files: existing, act: write },
  { label: "write, a block there", files: written, act: write },
  { label: "remove", files: written, act: remove },
];

interface Whole {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}

function stateOf(files: MemoryFiles): Whole {
  return { config: files.text(locations.config), credentials: files.text(locations.credentials) };
}

function leftovers(files: MemoryFiles): string[] {
  return files.paths().filter((path) => path.endsWith(".tmp"));
}

/** How many operations it takes, and what it leaves when nothing fails. */
async function undisturbed(start: Start): Promise<{ operations: number; after: Whole }> {
  const files = start.files();
  await start.act(files);
  return { operations: files.operations.length, after: stateOf(files) };
}

/** Runs it with a fault at one operation, or from there on. */
async function disturbed(
  start: Start,
  fault: (index: number) => Fault | undefined,
): Promise<{ files: MemoryFiles; error: unknown }> {
  const files = start.files();
  files.beforeOperation = fault;
  let error: unknown;
  try {
    await start.act(files);
  } catch (thrown) {
    error = thrown;
  }
  return { files, error };
}

describe("a system call that fails", () => {
  for (const start of starts) {
    for (const lasting of [false, true]) {
      test(`${start.label}: any one${lasting ? " and all after it" : ""}, with any error`, async () => {
        const { operations, after } = await undisturbed(start);
        const before = stateOf(start.files());
        expect(operations).toBeGreaterThan(20);
        for (let index = 0; index < operations; index += 1) {
          for (const errno of errnos) {
            const { files, error } = await disturbed(start, (at) =>
              at === index || (lasting && at > index) ? { errno } : undefined,
            );
            const place = `${errno} at ${files.operations[index]}`;
            if (error === undefined) {
              expect(stateOf(files), place).toEqual(after);
            } else {
              expect(error, place).toBeInstanceOf(LetmeError);
              expect((error as LetmeError).message, place).toMatch(/`\/home\/u\/.+`/);
              expect((error as LetmeError).hint, place).toBeTruthy();
              expectWhole(files, before, after, place);
              // One error leaves both files as before; a disk that is gone for good cannot.
              if (!lasting) expect(stateOf(files), place).toEqual(before);
            }
            await expectNextRunWorks(start, files, after, place);
          }
        }
      });
    }
  }
});

describe("a program that is killed", () => {
  for (const start of starts) {
    test(`${start.label}: before any system call`, async () => {
      const { operations, after } = await undisturbed(start);
      const before = stateOf(start.files());
      for (let index = 0; index < operations; index += 1) {
        const { files, error } = await disturbed(start, (at) =>
          at === index ? { crash: true } : undefined,
        );
        const place = `killed at ${files.operations[index]}`;
        // What is thrown by a dead program is seen by nobody, so any catch may have swallowed it.
        if (error !== undefined && !(error instanceof Crash)) {
          expect(error, place).toBeInstanceOf(LetmeError);
        }
        expectWhole(files, before, after, place);
        if (start.act === write && stateOf(files).credentials === after.credentials) {
          expect(stateOf(files).config, place).toBe(after.config);
        }
        await expectNextRunWorks(start, files, after, place);
      }
    });
  }
});

function expectWhole(files: MemoryFiles, before: Whole, after: Whole, place: string): void {
  const state = stateOf(files);
  expect([before.config, after.config], place).toContain(state.config);
  expect([before.credentials, after.credentials], place).toContain(state.credentials);
}

async function expectNextRunWorks(
  start: Start,
  files: MemoryFiles,
  after: Whole,
  place: string,
): Promise<void> {
  files.restart();
  if (start.act === remove && stateOf(files).config === after.config) {
    // All is removed already: nothing is left to remove but what the crash left.
    await writeProfiles(memoryHost(files), locations, lockPath, [profileNamed("acme")]);
  }
  await start.act(files);
  expect(stateOf(files), place).toEqual(after);
  expect(leftovers(files), place).toEqual([]);
  if (start.act === write) {
    const read = readSharedFiles(memoryHost(files), locations);
    expect(read.profile("acme")?.get("aws_access_key_id"), place).toBe("ASIANEWKEY");
  }
}
