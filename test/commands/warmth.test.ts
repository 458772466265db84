import { expect, test } from "bun:test";
import { openWarmth } from "../../src/commands/warmth.ts";
import type { NetworkReply, NetworkRequest } from "../../src/host.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

/** Warmth on a machine whose network and clock do nothing before the test says so. */
function slowWarmth() {
  const requests: NetworkRequest[] = [];
  const answers: (() => void)[] = [];
  const sleeps: { readonly milliseconds: number; readonly end: () => void }[] = [];
  const machine = testHost({});
  const host = {
    ...machine,
    clock: {
      ...machine.clock,
      sleep: (milliseconds: number) =>
        new Promise<void>((end) => {
          sleeps.push({ milliseconds, end });
        }),
    },
    network: {
      exchange: (request: NetworkRequest) =>
        new Promise<NetworkReply>((resolve) => {
          requests.push(request);
          answers.push(() =>
            resolve({ status: 302, headers: new Headers(), body: new Uint8Array() }),
          );
        }),
    },
  };
  const warmth = openWarmth(sourceContextOf(host).clientIn("eu-west-1"));
  return { warmth, requests, answers, sleeps };
}

test("where none was started, nothing is waited for", async () => {
  const { warmth, sleeps } = slowWarmth();
  await warmth.ready();
  expect(sleeps).toEqual([]);
});

test("the connections are waited for, and when they are open no clock is looked at", async () => {
  const { warmth, requests, answers, sleeps } = slowWarmth();
  warmth.start(2);
  const ready = warmth.ready();
  for (const answer of answers) answer();
  await ready;
  expect(sleeps.length).toBe(1);
  await warmth.ready();
  expect(sleeps.length).toBe(1);
  expect(requests.map((one) => one.method)).toEqual(["GET", "GET"]);
});

test("one that does not open is waited for once, and not as long as a call may take", async () => {
  const { warmth, requests, answers, sleeps } = slowWarmth();
  warmth.start(2);
  answers[0]?.();
  const ready = warmth.ready();
  expect(sleeps.map((one) => one.milliseconds)).toEqual([1500]);
  sleeps[0]?.end();
  await ready;
  await warmth.ready();
  expect(sleeps.length).toBe(1);
  expect(requests[1]?.timeoutMilliseconds).toBe(5000);
});
