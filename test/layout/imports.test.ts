import { expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

const source = join(import.meta.dir, "../../src");

/** Which folders of src a folder may import from, beside itself; files of src itself by name. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli", "commands", "io", "version.ts"],
  "host.ts": [],
  "at-most.ts": [],
  "errors.ts": [],
  "key-form.ts": [],
  "nearest.ts": [],
  "paths.ts": ["host.ts"],
  "quote-words.ts": ["host.ts"],
  "region-form.ts": [],
  "hint-commands.ts": ["quote-words.ts"],
  "split-words.ts": ["host.ts"],
  "version.ts": [],
  cli: ["errors.ts", "host.ts", "io", "nearest.ts"],
  commands: [
    "aws",
    "cli",
    "errors.ts",
    "files",
    "host.ts",
    "io",
    "nearest.ts",
    "obtain",
    "paths.ts",
    "profiles",
    "quote-words.ts",
    "region-form.ts",
    "registry",
    "settings",
    "source",
    "state",
  ],
  settings: [
    "errors.ts",
    "hint-commands.ts",
    "host.ts",
    "nearest.ts",
    "paths.ts",
    "region-form.ts",
  ],
  aws: ["errors.ts", "host.ts", "key-form.ts", "paths.ts", "region-form.ts"],
  source: [
    "aws",
    "errors.ts",
    "files",
    "host.ts",
    "key-form.ts",
    "nearest.ts",
    "paths.ts",
    "profiles",
    "region-form.ts",
    "split-words.ts",
  ],
  registry: [
    "at-most.ts",
    "aws",
    "errors.ts",
    "files",
    "hint-commands.ts",
    "host.ts",
    "paths.ts",
    "region-form.ts",
    "settings",
  ],
  obtain: ["at-most.ts", "aws", "errors.ts", "host.ts", "registry", "split-words.ts", "state"],
  profiles: ["errors.ts", "files", "host.ts", "key-form.ts", "paths.ts", "region-form.ts"],
  files: ["errors.ts", "hint-commands.ts", "host.ts", "paths.ts"],
  state: ["errors.ts", "files", "host.ts", "key-form.ts"],
  io: ["errors.ts", "host.ts", "paths.ts"],
};

/** What only the real host may touch. */
const effects =
  /\bprocess\.(?!getBuiltinModule)|\bDate\.now\(|\bnew Date\(\)|\bfetch\(|\bMath\.random\(|from "node:(?!path|util|buffer)|from "bun|\bBun\.(write|file|spawn|sleep|env|argv|stdin|stdout|stderr|connect|serve)\b/;

const files = [...new Glob("**/*.ts").scanSync(source)].map((path) => path.replaceAll("\\", "/"));

function roomOf(path: string): string {
  return path.split("/")[0] ?? path;
}

test("there are files to look at", () => {
  expect(files.length).toBeGreaterThan(30);
});

test.each(files.sort())("%s imports only what its folder may", async (file) => {
  const text = await Bun.file(join(source, file)).text();
  const from = roomOf(file);
  const allowed = arrows[from];
  expect(allowed, `${from} has no arrows declared`).toBeDefined();
  for (const [, path = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
    const to = roomOf(normalize(join(dirname(file), path)).replaceAll("\\", "/"));
    if (to !== from) expect(allowed, `${file} imports ${path}`).toContain(to);
  }
});

test.each(files.filter((file) => file !== "main.ts" && !file.startsWith("io/")))(
  "%s reaches the machine only through the host",
  async (file) => {
    const code = (await Bun.file(join(source, file)).text()).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    expect(effects.exec(code)?.[0]).toBeUndefined();
  },
);
