import { describe, expect, test } from "bun:test";
import type { Credentials } from "../../src/aws/credentials.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { Holder, remembering } from "../../src/aws/holder.ts";
import { LetmeError } from "../../src/errors.ts";

const named = (accessKeyId: string): Credentials => ({ accessKeyId, secretAccessKey: "secret" });

const refusedWith = (code: string) =>
  new AwsError({
    service: "sts",
    operation: "AssumeRole",
    status: 403,
    code,
    reason: "no",
    requestId: undefined,
  });

/** A holder that remembers `old`, or nothing, and obtains `new-1`, `new-2` and so on. */
function holderOf({ remembers = true, freely = true } = {}) {
  const steps: string[] = [];
  let obtained = 0;
  const origin = remembering({
    recall: async () => (remembers ? named("old") : undefined),
    obtain: async () => {
      steps.push("obtain");
      obtained++;
      return named(`new-${obtained}`);
    },
    forget: () => void steps.push("forget"),
    obtainsFreely: async () => freely,
  });
  const holder = new Holder(origin);
  return { holder, steps };
}

/** A call that AWS refuses with this for these credentials, and answers with their key id else. */
const refusing = (error: Error, start: string) => async (credentials: Credentials) => {
  if (credentials.accessKeyId.startsWith(start)) throw error;
  return credentials.accessKeyId;
};

describe("remembered credentials that AWS refuses", () => {
  test.each([
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
  ])("with %s are forgotten, and new ones obtained", async (code) => {
    const { holder, steps } = holderOf();
    expect(await holder.use(refusing(refusedWith(code), "old"))).toBe("new-1");
    expect(steps).toEqual(["forget", "obtain"]);
  });

  test.each<[string, Error]>([
    ["another code", refusedWith("ValidationError")],
    ["no answer of AWS", new LetmeError("failed", "ExpiredToken")],
  ])("with %s stay", async (_, error) => {
    const { holder, steps } = holderOf();
    expect(await holder.use(refusing(error, "old")).catch((one: unknown) => one)).toBe(error);
    expect(steps).toEqual([]);
  });

  test("with AccessDenied are obtained anew where that takes no code, else named", async () => {
    const denied = refusing(refusedWith("AccessDenied"), "old");
    const free = holderOf();
    expect(await free.holder.use(denied)).toBe("new-1");
    expect(free.steps).toEqual(["forget", "obtain"]);
    const dear = holderOf({ freely: false });
    expect(await dear.holder.use(denied).catch((error: LetmeError) => error.hint)).toContain(
      "`letme session clear` forgets it",
    );
    expect(dear.steps).toEqual([]);
  });

  test("are obtained anew once, for all who use them at the time", async () => {
    const { holder, steps } = holderOf();
    const call = refusing(refusedWith("ExpiredToken"), "old");
    expect(await Promise.all([holder.use(call), holder.use(call), holder.use(call)])).toEqual([
      "new-1",
      "new-1",
      "new-1",
    ]);
    expect(steps).toEqual(["forget", "obtain"]);
  });
});

test("credentials that AWS has just given are not obtained again, whatever it says of them", async () => {
  const error = refusedWith("InvalidClientTokenId");
  for (const remembers of [true, false]) {
    const { holder, steps } = holderOf({ remembers });
    expect(await holder.use(refusing(error, "")).catch((one: unknown) => one)).toBe(error);
    expect(steps.filter((step) => step === "obtain").length).toBe(1);
  }
});
