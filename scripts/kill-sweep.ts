/**
 * `bun run sweep`: kills the real binary with SIGKILL at each of its system calls, from the first
 * look at the AWS files to the last rename, one run a call, and looks after each: both files are
 * whole, old or new, nothing new stands in one that the other contradicts, and the next run works
 * and clears away what was left. Needs Linux and strace.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "./steps.ts";

const strace = Bun.which("strace");
if (process.platform !== "linux" || strace === null) {
  console.log("the sweep needs Linux and strace: nothing was run");
  process.exit(0);
}
await installPackages();
const { buildLetme, thisTarget } = await import("./build-targets.ts");
const { letmeBinary } = await import("../test/support/letme-binary.ts");
const { newHome, startProgram } = await import("../test/support/run-letme.ts");
const { settleIn, startOrganisation } = await import("../test/support/organisation.ts");

// Calls that touch files; the others cannot part what is on the disk from what is not.
const traced =
  "trace=%file,read,pread64,write,pwrite64,writev,fsync,fdatasync,fchmod,fchown,close,ftruncate,fcntl,flock,getdents64,lseek";
const oldConfig = "# mine\n[profile mine]\nregion = eu-west-3\n";
const configBlock =
  "#s-example1\n#managed by letme\n#account 000000000001 context general\n[profile example1]\nregion = eu-west-1\noutput = json\n#e-example1\n";
const credentialsBlock =
  /^#s-example1\n#.*;t\n#expires \S+ chain \w+\n\[example1\]\naws_access_key_id = \S+\naws_secret_access_key = \S+\naws_session_token = \S+\n#e-example1\n$/;

type Home = ReturnType<typeof newHome>;
const standIn = await startOrganisation();

/** A home as it is before the command; the table's kind is known, as after any earlier run. */
function readyHome(): Home {
  const home = newHome();
  settleIn(home);
  home.write(".aws/config", oldConfig);
  home.write(".letme/state.json", '{"version":1}\n');
  return home;
}

function obtain(home: Home, straceOptions: readonly string[] | undefined) {
  // Also where the credentials are in place already: what a run leaves, the next that writes clears.
  const command = [letmeBinary(), "obtain", "example1", "--renew"];
  return startProgram(
    straceOptions === undefined
      ? command
      : [strace ?? "strace", "-f", ...straceOptions, ...command],
    { home, environment: standIn.environment },
  ).result;
}

/** One system call of the main thread: its name, and the how-manieth of that name it is. */
interface Point {
  readonly name: string;
  readonly number: number;
}

/** The calls of an undisturbed run, from the first look at the AWS files to the last rename. */
async function findPoints(): Promise<readonly Point[]> {
  const home = readyHome();
  try {
    const trace = join(home.path, "trace");
    await obtain(home, ["-o", trace, "-e", traced]);
    const lines = readFileSync(trace, "utf8").split("\n");
    const main = lines[0]?.split(" ")[0] ?? "";
    const counts = new Map<string, number>();
    const points: (Point & { readonly line: string })[] = [];
    for (const line of lines.filter((one) => one.startsWith(`${main} `))) {
      const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
      if (name === undefined) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      points.push({ name, number: counts.get(name) ?? 0, line });
    }
    const first = points.findIndex((point) => point.line.includes(".aws/"));
    const last = points.findLastIndex((point) => point.name.startsWith("rename"));
    // One more, so that the moment right after the last rename is among them.
    return points.slice(first, last + 2);
  } finally {
    home.dispose();
  }
}

/** What is wrong after a kill at this point; undefined where nothing is. */
async function problemAt(point: Point): Promise<string | undefined> {
  const home = readyHome();
  try {
    const before = home.read(".aws/credentials") ?? "";
    const inject = `inject=${point.name}:signal=SIGKILL:when=${point.number}`;
    const run = await obtain(home, ["-o", join(home.path, "trace"), "-e", traced, "-e", inject]);
    if (run.signal === "SIGKILL") killed++;
    const config = home.read(".aws/config") ?? "";
    const credentials = home.read(".aws/credentials") ?? "";
    const hasConfig = config === oldConfig + configBlock;
    const hasCredentials =
      credentials.startsWith(before) && credentialsBlock.test(credentials.slice(before.length));
    if (config !== oldConfig && !hasConfig) return "the config file is neither old nor new";
    if (credentials !== before && !hasCredentials)
      return "the credentials file is neither old nor new";
    if (hasCredentials && !hasConfig) return "the credentials came before the config";

    const next = await obtain(home, undefined);
    if (next.exitCode !== 0) return `the next run failed: ${next.stderr}`;
    if (home.read(".aws/config") !== oldConfig + configBlock)
      return "the next run's config is wrong";
    const after = (home.read(".aws/credentials") ?? "").slice(before.length);
    if (!credentialsBlock.test(after)) return "the next run's credentials are wrong";
    const left = [".aws", ".letme"].flatMap((folder) => readdirSync(join(home.path, folder)));
    const temporary = left.filter((file) => /tmp|journal|wal/.test(file));
    if (temporary.length > 0) return `left behind: ${temporary.join(", ")}`;
    return undefined;
  } finally {
    home.dispose();
  }
}

buildLetme(thisTarget());
const points = await findPoints();
const started = performance.now();
let done = 0;
let failed = 0;
let killed = 0;
const queue = [...points];
async function work(): Promise<void> {
  for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
    const problem = await problemAt(point);
    done++;
    if (problem === undefined) continue;
    failed++;
    console.log(`FAILED killed at ${point.name} number ${point.number}: ${problem}`);
  }
}
await Promise.all(Array.from({ length: Math.max(2, navigator.hardwareConcurrency) }, work));
await standIn.stop();
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${done} system calls tried, killed at ${killed} of them, in ${seconds} s`);
console.log(`${done - failed} passed, ${failed} failed`);
process.exit(failed === 0 && killed > 100 ? 0 : 1);
