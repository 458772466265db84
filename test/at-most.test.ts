import { expect, test } from "bun:test";
import { atMost } from "../src/at-most.ts";

test.each([1, 3, 100])("at most %d at once, all done, in the order they came", async (limit) => {
  const inTurn = atMost(limit);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const task = (number: number) =>
    inTurn(async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (number % 4 === 0) throw new Error(String(number));
      return number;
    });
  const numbers = Array.from({ length: 10 }, (_, index) => index);
  const results = await Promise.allSettled(numbers.map(task));
  expect(started).toEqual(numbers);
  expect(most).toBe(Math.min(limit, 10));
  expect(results.filter((result) => result.status === "rejected").length).toBe(3);
});
