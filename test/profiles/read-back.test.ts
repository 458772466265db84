import { expect, test } from "bun:test";
import { documentOfText } from "../../src/profiles/document.ts";
import { checkReadsBack } from "../../src/profiles/read-back.ts";
import { profileNamed } from "./profile-fixtures.ts";

const part = (before: string, after: string) => ({
  before: documentOfText("config", before),
  after: documentOfText("config", after),
});
const block = "[profile a]\nregion = sa-east-1\n";
const writing = { written: [profileNamed("a")], added: new Set(["a"]), removed: [] };

test("what was meant reads back", () => {
  checkReadsBack("/x", part("[profile b]\nk = v\n", `[profile b]\nk = v\n${block}`), writing);
});

test.each([
  ["a new profile is nowhere", "[profile b]\nk = v\n", /`a` would not be there/],
  ["it stands twice", `[profile b]\nk = v\n${block}${block}`, /stand twice/],
  ["it has another value", "[profile b]\nk = v\n[profile a]\nregion = x\n", /`region` of `a`/],
  ["another one has lost its value", `[profile b]\n${block}`, /another profile would change/],
])("%s: refused", (_, after, message) => {
  expect(() => checkReadsBack("/x", part("[profile b]\nk = v\n", after), writing)).toThrow(message);
});
