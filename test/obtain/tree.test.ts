import { describe, expect, test } from "bun:test";
import { type MfaWay, mfaWayOf } from "../../src/obtain/callers.ts";
import type { RoleChain } from "../../src/obtain/plan.ts";
import { countFirstHops, planTree, type TreeNode } from "../../src/obtain/tree.ts";
import { chain } from "../support/role-chain.ts";

/** `bastion(a b transit(c))`: the shared hops with what is behind them. */
function shape(node: TreeNode): string {
  const inner = [...node.ends.map((end) => end.account.name), ...node.branches.map(shape)];
  const role = node.path.at(-1)?.roleArn ?? "";
  return `${role}(${inner.join(" ")})`;
}

describe("the tree of role chains", () => {
  test.each<[string, RoleChain[], string]>([
    ["none", [], "()"],
    ["one hop each", [chain("a", "A"), chain("b", "B")], "(a b)"],
    ["a shared hop stands once", [chain("a", "X", "A"), chain("b", "X", "B")], "(X(a b))"],
    [
      "a longer chain hangs below the shared one",
      [chain("a", "X", "A"), chain("b", "X", "Y", "B"), chain("c", "X", "Y", "C")],
      "(X(a Y(b c)))",
    ],
    [
      "the same role at another place is another hop",
      [chain("a", "X", "Y", "A"), chain("b", "Y", "B")],
      "(X(Y(a)) Y(b))",
    ],
    ["an account's own role is never shared", [chain("a", "X"), chain("b", "X", "B")], "(a X(b))"],
    ["two accounts of the same roles", [chain("a", "X", "A"), chain("b", "X", "A")], "(X(a b))"],
  ])("%s", (_, chains, expected) => {
    expect(shape(planTree(chains))).toBe(expected);
  });

  test("the hops before the last have no account's name", () => {
    const names = chain("a", "X", "Y", "A").hops.map((hop) => hop.roleSessionName);
    expect(names).toEqual(["letme-session", "letme-session", "a-letme-session"]);
  });

  test("what starts at the source is counted", () => {
    const tree = planTree([chain("a", "X", "A"), chain("b", "X", "B"), chain("c", "C")]);
    expect(countFirstHops(tree)).toBe(2);
  });
});

test.each<[MfaWay, number, number | "off" | undefined, boolean, number]>([
  ["none", 3600, undefined, false, 1],
  ["none", 14_400, undefined, true, 3],
  ["session", 3600, 43_200, false, 1],
  ["session", 3600, 43_200, false, 9],
  ["code", 14_400, 43_200, false, 1],
  ["code", 14_400, "off", false, 3],
  ["code", 3600, "off", false, 1],
  ["session", 3600, "off", false, 2],
  ["code", 3600, 43_200, true, 2],
])(
  "MFA goes by %s for %d s, mfa_session %p, temporary %p, %d first hops",
  (way, durationSeconds, mfaSession, sourceIsTemporary, firstHops) => {
    expect(mfaWayOf({ durationSeconds }, { mfaSession, sourceIsTemporary, firstHops })).toBe(way);
  },
);

test("a hop of another session name, or of another time, is another hop", () => {
  const plain = chain("a", "X", "A");
  const changed = (name: string, change: object): RoleChain => {
    const [first, ...others] = chain(name, "X", name.toUpperCase()).hops;
    if (first === undefined) throw new Error("no hop");
    return { ...chain(name, "X"), hops: [{ ...first, ...change }, ...others] };
  };
  const named = changed("b", { roleSessionName: "me" });
  const short = changed("c", { durationSeconds: 900 });
  const same = changed("d", {});
  expect(shape(planTree([plain, named, short, same]))).toBe("(X(a d) X(b) X(c))");
  expect(countFirstHops(planTree([plain, named, short, same]))).toBe(3);
});
