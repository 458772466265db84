import { expect, test } from "bun:test";
import { nearest } from "../src/nearest.ts";

test.each<[string, string[], string | undefined]>([
  ["obtian", ["obtain", "list"], "obtain"],
  ["lst", ["obtain", "list"], "list"],
  ["LIST", ["list"], "list"],
  ["dynamo_table", ["dynamodb_table", "mfa_arn"], "dynamodb_table"],
  ["xyzzy", ["obtain", "list"], undefined],
  ["a", [], undefined],
  ["", ["a"], "a"],
  ["prod-eu", ["prod-us", "prod-eu1"], "prod-eu1"],
])("%p among %j is %p", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test.each<[string, string[], string | undefined]>([
  ["lsit", ["list"], "list"],
  ["ilst", ["list"], "list"],
  ["lits", ["list"], "list"],
  ["tsil", ["list"], undefined],
  ["ab", ["ba"], "ba"],
])(
  "neighbours that are swapped are one mistake: %p among %j is %p",
  (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  },
);
