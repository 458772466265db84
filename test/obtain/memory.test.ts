import { expect, test } from "bun:test";
import { openMemory } from "../../src/obtain/memory.ts";
import { emptyState, type RememberedCredentials, type State } from "../../src/state/content.ts";
import { testHost } from "../support/test-host.ts";

const now = new Date("2026-11-22T23:00:00Z");
const { clock } = testHost({ now });
const what = { kind: "hop", label: "role", source: "AKIA…0001", region: "eu-west-1" } as const;
const keys = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" };
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);

const remembered = (seconds: number): RememberedCredentials => ({
  ...what,
  ...keys,
  expiration: inSeconds(seconds).toISOString(),
});

/** A memory over a state that holds these credentials. */
function memoryOf(credentials: State["credentials"]) {
  const file = { state: { ...emptyState, credentials } as State, updates: 0 };
  const memory = openMemory(
    {
      read: async () => file.state,
      update: async (change) => {
        file.updates++;
        file.state = change(file.state);
        return true;
      },
    },
    clock.now,
  );
  return { file, memory };
}

test("what is forgotten is dropped, and nothing else", async () => {
  const { file, memory } = memoryOf({ a: remembered(3600), b: remembered(3600) });
  memory.forget("a", keys);
  expect(await memory.recall("a")).toBeUndefined();
  await memory.save();
  expect(Object.keys(file.state.credentials)).toEqual(["b"]);
});

test("what is forgotten and obtained anew takes the old one's place", async () => {
  const { file, memory } = memoryOf({ a: remembered(3600) });
  memory.forget("a", keys);
  memory.record("a", { ...keys, accessKeyId: "ASIANEW", expiration: inSeconds(7200) }, what);
  await memory.save();
  expect(file.state.credentials).toEqual({ a: { ...remembered(7200), accessKeyId: "ASIANEW" } });
});

test.each([
  [-1, false],
  [0, false],
  [59.999, false],
  [60, true],
  [3600, true],
])("credentials with %d s left are recalled: %p", async (seconds, isRecalled) => {
  const { memory } = memoryOf({ a: remembered(seconds) });
  const expected = { ...keys, expiration: inSeconds(seconds) };
  expect(await memory.recall("a")).toEqual(isRecalled ? expected : undefined);
});

test("what another letme got in the place of what is forgotten stays", async () => {
  const { file, memory } = memoryOf({ a: remembered(3600) });
  expect(await memory.recall("a")).toBeDefined();
  const others = { a: { ...remembered(7200), accessKeyId: "ASIAOTHER" } };
  file.state = { ...file.state, credentials: others };
  memory.forget("a", keys);
  await memory.save();
  expect(file.state.credentials).toEqual(others);
});

test("nothing is written where there is nothing new", async () => {
  const { file, memory } = memoryOf({});
  await memory.save();
  memory.record("a", { ...keys, expiration: inSeconds(3600) }, what);
  await memory.save();
  await memory.save();
  expect(file.updates).toBe(1);
});
