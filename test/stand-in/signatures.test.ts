import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { StandIn } from "../support/stand-in.ts";
import {
  callDynamoDb,
  callSts,
  keysOf,
  readStsReply,
  type Signed,
  send,
  sign,
  stsRequest,
} from "./client.ts";
import { ALICE_KEYS, BASTION, startWorld } from "./world.ts";

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startWorld();
});
afterEach(() => standIn.stop());

const WHO = { Action: "GetCallerIdentity" };
const UNKNOWN = "InvalidClientTokenId: The security token included in the request is invalid.";

/** Sends a signed request with some headers changed, or taken out, or with another body. */
async function tamper(
  signed: Signed,
  headers: Record<string, string | undefined>,
  body = signed.body,
): Promise<string> {
  const kept = Object.entries({ ...signed.headers, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return (await readStsReply(await send({ ...signed, headers: Object.fromEntries(kept), body })))
    .outcome;
}

describe("what a signature covers", () => {
  test("a right one is accepted, a changed body or header is not", async () => {
    const request = () => sign(stsRequest(standIn, WHO), ALICE_KEYS);
    expect(await tamper(await request(), {})).toBe("ok");
    const mismatch =
      "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    expect(await tamper(await request(), {}, "Version=2011-06-15&Action=GetSessionToken")).toBe(
      mismatch,
    );
    expect(await tamper(await request(), { host: "sts.example.com" })).toBe(mismatch);
  });

  test("a wrong secret is refused", async () => {
    const reply = await callSts(standIn, { ...ALICE_KEYS, secretAccessKey: "wrong" }, WHO);
    expect(reply.outcome).toStartWith("SignatureDoesNotMatch: The request signature");
    expect(reply.status).toBe(403);
  });

  test("the service must be the right one", async () => {
    const request = await sign({ ...stsRequest(standIn, WHO), service: "dynamodb" }, ALICE_KEYS);
    expect(await tamper(request, {})).toContain("scoped to correct service: 'sts'");
  });

  test("its day must be the date's", async () => {
    const request = await sign(stsRequest(standIn, WHO), ALICE_KEYS);
    const authorization = request.headers["authorization"]?.replace(/\/\d{8}\//, "/20000101/");
    expect(await tamper(request, { authorization })).toContain("does not match YYYYMMDD");
  });

  test("the region must be the stand-in's, where it has one", async () => {
    const other = await startWorld({ region: "us-east-1" });
    const reply = await callSts(other, ALICE_KEYS, WHO);
    await other.stop();
    expect(reply.outcome).toContain("scoped to a valid region, not 'eu-west-1'");
  });

  test("host and every x-amz header must be signed", async () => {
    const request = await sign(stsRequest(standIn, WHO), ALICE_KEYS);
    expect(await tamper(request, { "x-amz-extra": "1" })).toContain("not signed: x-amz-extra");
    const authorization = request.headers["authorization"]?.replace(/host;?/, "") ?? "";
    expect(await tamper(request, { authorization })).toContain("'Host'");
  });

  test("a claimed body hash must be the body's", async () => {
    const claimed = new Bun.CryptoHasher("sha256").update("another body").digest("hex");
    const unsigned = stsRequest(standIn, WHO);
    const headers = { ...unsigned.headers, "x-amz-content-sha256": claimed };
    const request = await sign({ ...unsigned, headers }, ALICE_KEYS);
    expect(await tamper(request, {})).toContain("'x-amz-content-sha256'");
  });

  test("without a header, or with a part of one, it says so", async () => {
    const request = await sign(stsRequest(standIn, WHO), ALICE_KEYS);
    expect(await tamper(request, { authorization: undefined })).toBe(
      "MissingAuthenticationToken: Request is missing Authentication Token",
    );
    expect(await tamper(request, { authorization: "AWS4-HMAC-SHA256 Credential=x" })).toStartWith(
      "IncompleteSignature: ",
    );
  });
});

describe("the date", () => {
  test("may be fifteen minutes off, by the stand-in's clock", async () => {
    const ask = async (minutes: number) => {
      standIn.clock.offsetMilliseconds = minutes * 60_000;
      return (await callSts(standIn, ALICE_KEYS, WHO)).outcome;
    };
    expect(await ask(14)).toBe("ok");
    expect(await ask(-14)).toBe("ok");
    expect(await ask(16)).toMatch(
      /^SignatureDoesNotMatch: Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    );
    expect(await ask(-16)).toMatch(
      /^SignatureDoesNotMatch: Signature not yet current: \S+ is still later than \S+ \(\S+ \+ 15 min\.\)$/,
    );
  });

  test("replies carry the stand-in's time, and signing by it works", async () => {
    standIn.clock.advance(3 * 3_600_000);
    const response = await send(await sign(stsRequest(standIn, WHO), ALICE_KEYS));
    expect(response.status).toBe(403);
    const at = new Date(response.headers.get("date") ?? "");
    const again = await send(await sign({ ...stsRequest(standIn, WHO), at }, ALICE_KEYS));
    expect(again.status).toBe(200);
  });
});

describe("keys", () => {
  test("an unknown key is refused", async () => {
    const reply = await callSts(standIn, { accessKeyId: "AKIANOBODY", secretAccessKey: "x" }, WHO);
    expect(reply.outcome).toBe(UNKNOWN);
    expect(reply.status).toBe(403);
  });

  test("temporary keys need their own session token, long-term keys none", async () => {
    const first = keysOf(await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" }));
    const second = keysOf(await callSts(standIn, ALICE_KEYS, { Action: "GetSessionToken" }));
    const { accessKeyId, secretAccessKey } = first;
    expect((await callSts(standIn, first, WHO)).outcome).toBe("ok");
    expect((await callSts(standIn, { accessKeyId, secretAccessKey }, WHO)).outcome).toBe(UNKNOWN);
    const mixed = { ...first, sessionToken: second.sessionToken };
    expect((await callSts(standIn, mixed, WHO)).outcome).toBe(UNKNOWN);
    const extra = { ...ALICE_KEYS, sessionToken: second.sessionToken };
    expect((await callSts(standIn, extra, WHO)).outcome).toBe(UNKNOWN);
  });

  test("temporary keys expire, by the clock and at a word", async () => {
    const expired = "ExpiredToken: The security token included in the request is expired";
    const assume = { Action: "AssumeRole", RoleArn: BASTION, RoleSessionName: "session" };
    const short = { ...assume, DurationSeconds: "900" };
    const keys = keysOf(await callSts(standIn, ALICE_KEYS, short));
    // The machine's time would be too old a signing date by then.
    const ask = async () => {
      const request = { ...stsRequest(standIn, WHO), at: standIn.clock.now() };
      return (await readStsReply(await send(await sign(request, keys)))).outcome;
    };
    standIn.clock.freeze();
    standIn.clock.advance(600_000);
    expect(await ask()).toBe("ok");
    standIn.clock.advance(300_000);
    expect(await ask()).toBe(expired);

    standIn.clock.offsetMilliseconds = 0;
    const fresh = keysOf(await callSts(standIn, ALICE_KEYS, assume));
    standIn.expireAll();
    expect((await callSts(standIn, fresh, WHO)).outcome).toBe(expired);
    expect((await callSts(standIn, ALICE_KEYS, WHO)).outcome).toBe("ok");
    const dynamodb = await callDynamoDb(standIn, fresh, "ListTables", {});
    expect(dynamodb.text).toContain("#ExpiredTokenException");
  });

  test("temporary credentials may be given as a principal", async () => {
    const keys = {
      accessKeyId: "ASIAGIVEN",
      secretAccessKey: "given",
      sessionToken: "given-token",
    };
    const arn = "arn:aws:sts::111111111111:assumed-role/bastion/given";
    standIn.addPrincipal({ ...keys, arn });
    expect((await callSts(standIn, keys, WHO)).element("Arn")).toBe(arn);
    standIn.addPrincipal({ ...keys, arn, expiration: new Date(0) });
    expect((await callSts(standIn, keys, WHO)).outcome).toStartWith("ExpiredToken: ");
  });
});
