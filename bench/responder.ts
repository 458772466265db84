/**
 * STS with one answer for everything, which is ready before it is asked: what a request takes is
 * then what letme spends on it itself.
 */
import { serveUntilStopped } from "./server-process.ts";

/** What the responder says when it is ready. */
export interface Responder {
  readonly url: string;
}

const expiration = new Date(Date.now() + 3600 * 1000).toISOString().replace(/\.\d+/, "");
const reply = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROABENCH:bench</AssumedRoleId>
      <Arn>arn:aws:sts::000000000001:assumed-role/bench/bench</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIABENCH00000000001</AccessKeyId>
      <SecretAccessKey>${"k".repeat(40)}</SecretAccessKey>
      <SessionToken>${"t".repeat(800)}</SessionToken>
      <Expiration>${expiration}</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</AssumeRoleResponse>
`;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(reply, { headers: { "content-type": "text/xml" } }),
});
const ready: Responder = { url: `http://127.0.0.1:${server.port}` };
await serveUntilStopped(ready);
await server.stop(true);
