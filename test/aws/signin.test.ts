import { describe, expect, test } from "bun:test";
import { createOAuth2Token } from "../../src/aws/signin.ts";
import { fakeNetwork } from "../support/fake-network.ts";
import { sourceContextOf } from "../support/source-context.ts";
import { testHost } from "../support/test-host.ts";

const reply = {
  accessToken: { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" },
  refreshToken: "next",
};

function refresh(body: unknown) {
  const network = fakeNetwork(() => ({ body }));
  const client = sourceContextOf({ ...testHost({}), network }).clientIn("eu-west-1");
  const prove = async () => "proof";
  return createOAuth2Token(client, { clientId: "c", refreshToken: "r", prove });
}

describe("refreshed credentials of a sign-in", () => {
  test.each<[unknown, number]>([
    [undefined, 900],
    [null, 900],
    [0, 900],
    [-60, 900],
    ["soon", 900],
    [1, 1],
    [900, 900],
    [3600, 3600],
    ["3600", 3600],
  ])("expire in %p: %d seconds", async (expiresIn, seconds) => {
    expect(await refresh({ ...reply, expiresIn })).toEqual({
      ...reply.accessToken,
      refreshToken: "next",
      expiresInSeconds: seconds,
    });
  });

  test("are whole or none", async () => {
    const { accessToken } = reply;
    for (const broken of [
      { ...reply, refreshToken: "" },
      { ...reply, accessToken: "text" },
      { ...reply, accessToken: { ...accessToken, sessionToken: 5 } },
    ]) {
      await expect(refresh(broken)).rejects.toThrow("does not have what was asked");
    }
  });
});
