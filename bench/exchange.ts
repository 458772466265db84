// The bare program with one exchange with a server in it, and nothing else: what the network costs
// anybody who uses it, which a bound that excludes the network leaves out.
const reply = await fetch(process.env["BENCH_URL"] ?? "", {
  method: "POST",
  body: "Action=AssumeRole",
  redirect: "manual",
});
await reply.bytes();
console.log("letme");
