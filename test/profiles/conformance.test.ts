import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf } from "../../src/profiles/document.ts";
import { type SharedFiles, type SharedSection, sharedFilesOf } from "../../src/profiles/reader.ts";

type Properties = Record<string, string>;

interface Case {
  name: string;
  input: { configFile?: string; credentialsFile?: string };
  output: {
    errorContaining?: string;
    config?: {
      profiles: Record<string, Properties>;
      sso_sessions?: Record<string, Properties>;
    };
  };
}

const path = join(import.meta.dir, "../../../shared/conformance/profile-parser-tests.json");
const isHere = existsSync(path);
if (!isHere) console.warn(`skipped: no conformance data at ${path}`);
const cases: Case[] = isHere ? JSON.parse(readFileSync(path, "utf8")).tests : [];

function read(input: Case["input"]): SharedFiles {
  const bytes = (text = "") => Buffer.from(text, "utf8");
  return sharedFilesOf(
    [
      documentOf("config", bytes(input.configFile)),
      documentOf("credentials", bytes(input.credentialsFile)),
    ],
    { config: "config", credentials: "credentials" },
  );
}

function propertiesOf(section: SharedSection | undefined): Properties {
  return Object.fromEntries(
    [...(section?.properties ?? [])].map(([key, { value }]) => [key, value]),
  );
}

/** Where the reference fails the whole file, letme skips the one malformed line, named here. */
const choices: Record<string, { line: number; left: Record<string, Properties> }> = {
  "Profile definitions must end with brackets.": { line: 1, left: {} },
  "Properties must be defined in a profile.": { line: 1, left: {} },
  "Property key cannot be empty.": { line: 2, left: { foo: {} } },
  "Property definitions must contain an equals sign.": { line: 2, left: { foo: {} } },
  "Continuations cannot be used outside of a profile.": { line: 1, left: {} },
  "Continuations cannot be used outside of a property.": { line: 2, left: { foo: {} } },
  "Continuations reset with profile definitions.": { line: 4, left: { foo: { name: "value" } } },
  "Invalid sub-property definitions cause an error.": { line: 3, left: { foo: { s3: "" } } },
  "Sub-property definitions cannot have an empty name.": { line: 3, left: { foo: { s3: "" } } },
  "Invalid continuation": { line: 4, left: { foo: { name: "value" } } },
};

describe.skipIf(!isHere)("AWS's cases for the shared files", () => {
  test("there are 65, ten of them errors", () => {
    expect(cases).toHaveLength(65);
    const errors = cases.filter(({ output }) => output.errorContaining !== undefined);
    expect(errors.map(({ name }) => name).sort()).toEqual(Object.keys(choices).sort());
  });

  for (const [index, { name, input, output }] of cases.entries()) {
    test(`${index + 1}: ${name}`, () => {
      const files = read(input);
      const profiles = Object.fromEntries(
        files.profileNames().map((profile) => [profile, propertiesOf(files.profile(profile))]),
      );
      const choice = choices[name];
      if (choice !== undefined) {
        expect(files.skipped.map(({ line }) => line)).toEqual([choice.line]);
        expect(profiles).toEqual(choice.left);
        return;
      }
      expect(profiles).toEqual(output.config?.profiles ?? {});
      for (const [session, properties] of Object.entries(output.config?.sso_sessions ?? {})) {
        expect(propertiesOf(files.ssoSession(session))).toEqual(properties);
      }
    });
  }
});
