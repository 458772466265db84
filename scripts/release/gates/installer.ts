/** The gate for the way in: install.sh, from a local server that has what is released. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newHome } from "../../../test/support/home.ts";
import { startReleaseServer } from "../../../test/support/release-server.ts";
import { archiveNames, checksumsName, installerName, version } from "../names.ts";
import type { Identity } from "./binary.ts";
import { runningProblems } from "./running.ts";

/** What is wrong with what install.sh installs on this machine; empty where it does the main job. */
export async function installerProblems(
  dist: string,
  identity: Identity,
): Promise<readonly string[]> {
  await using server = startReleaseServer();
  using home = newHome();
  const [archive] = archiveNames(identity.target);
  for (const name of [archive, checksumsName]) {
    server.put(`download/v${version}/${name}`, readFileSync(join(dist, name)));
  }
  server.put(`latest/download/${checksumsName}`, readFileSync(join(dist, checksumsName)));
  const child = Bun.spawn(["sh", join(dist, installerName)], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home.path,
      LETME_INSTALL_URL: server.url,
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const [stderr, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) return [`it ends with ${code}: ${stderr}`];
  return await runningProblems([join(home.path, ".local/bin/letme")], identity);
}
