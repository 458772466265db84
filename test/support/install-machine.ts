import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Environment, type Home, newHome } from "./home.ts";
import {
  archiveOf,
  checksumLine,
  type ReleaseServer,
  startReleaseServer,
} from "./release-server.ts";
import { type RunResult, startProgram } from "./run-letme.ts";

export const installer = join(import.meta.dir, "../../install.sh");
/** The archive of the machine that `newInstallMachine` is, where no test says otherwise. */
export const archive = "letme_9.9.9_linux_amd64.tar.gz";
export const fakeArchive = archiveOf("#!/bin/sh\necho 'letme 9.9.9 (fake)'\n");

/** A machine on which install.sh is run, and the server that it downloads from. */
export interface InstallMachine {
  readonly home: Home;
  readonly server: ReleaseServer;
  /** What the script finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the binary goes. */
  readonly installed: string;
  /** Puts a release of one archive on the server, as the latest and under its version. */
  release(name: string, content: Uint8Array, sums?: string): void;
  /** Puts a program before those of the machine. */
  program(name: string, script: string): void;
  install(
    args?: readonly string[],
    environment?: Environment,
    shell?: readonly string[],
  ): Promise<RunResult>;
  /** What is in the folder that the binary goes to. */
  left(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A Linux on x86-64 with glibc, whatever the tests run on, where nobody is logged in to GitHub: the
 * programs that tell stand before the machine's, and say what the `FAKE_` variables say.
 */
export function newInstallMachine(): InstallMachine {
  const home = newHome();
  const server = startReleaseServer();
  const folder = join(home.path, ".local/bin");
  const machine: InstallMachine = {
    home,
    server,
    environment: {
      PATH: `${join(home.path, "tools")}:/usr/bin:/bin`,
      LETME_INSTALL_URL: server.url,
      FAKE_SYSTEM: "Linux",
      FAKE_CPU: "x86_64",
      FAKE_LDD: "ldd (GNU libc) 2.36",
      FAKE_BITS: "64",
      FAKE_TRANSLATED: "0",
      FAKE_GH_AUTH: "1",
      FAKE_GH_VERIFY: "1",
    },
    installed: join(folder, "letme"),
    release(name, content, sums = checksumLine(name, content)) {
      server.put("latest/download/checksums.txt", sums);
      server.put("download/v9.9.9/checksums.txt", sums);
      server.put(`download/v9.9.9/${name}`, content);
    },
    program(name, script) {
      chmodSync(home.write(`tools/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
    },
    install(args = [], environment = {}, shell = ["/bin/sh"]) {
      return startProgram([...shell, installer, ...args], {
        home,
        environment: { ...machine.environment, ...environment },
      }).result;
    },
    left: () => (existsSync(folder) ? readdirSync(folder) : []),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      home.dispose();
    },
  };
  machine.release(archive, fakeArchive);
  machine.program("uname", 'case $1 in -s) echo "$FAKE_SYSTEM" ;; *) echo "$FAKE_CPU" ;; esac');
  machine.program("ldd", 'echo "$FAKE_LDD"');
  machine.program("getconf", 'echo "$FAKE_BITS"');
  machine.program("sysctl", 'echo "$FAKE_TRANSLATED"');
  machine.program(
    "gh",
    'if [ "$1" = auth ]; then exit "$FAKE_GH_AUTH"; fi; exit "$FAKE_GH_VERIFY"',
  );
  return machine;
}

const needs = [["curl", "wget"], ["sha256sum", "shasum", "openssl"], ["tar"], ["gzip"]];

/** Whether this machine has what install.sh needs, and a shell for it. */
export const canInstall =
  process.platform !== "win32" &&
  needs.every((programs) => programs.some((name) => Bun.which(name) !== null));
