import type { Host, Platform } from "../host.ts";
import { isAbsolute } from "../paths.ts";
import { realFiles } from "./files.ts";
import { systemLocalTimes } from "./local-time.ts";
import { realNetwork } from "./network.ts";
import { realProcesses } from "./processes.ts";
import { realTerminal } from "./terminal.ts";

/** This machine. */
export function realHost(): Host {
  const platform = platformOf(process.platform);
  return {
    platform,
    env: process.env,
    homeDirectory: homeDirectory(platform),
    clock: {
      now: () => new Date(),
      ...systemLocalTimes(platform),
      monotonic: () => Bun.nanoseconds() / 1e6,
      sleep: (milliseconds) => Bun.sleep(milliseconds),
      random: () => Math.random(),
    },
    network: realNetwork(process.env),
    files: realFiles(platform),
    terminal: realTerminal(platform),
    processes: realProcesses,
  };
}

/**
 * The user's home. A relative `HOME` is passed over: letme would take its configuration from
 * whatever directory it is run in.
 */
function homeDirectory(platform: Platform): string {
  const stated = platform === "win32" ? process.env["USERPROFILE"] : process.env["HOME"];
  if (stated !== undefined && isAbsolute(stated, platform)) {
    // `/home/user/` is `/home/user`, which paths are compared with and joined to; `/` stays.
    return stated.replace(platform === "win32" ? /(?<=[^:\\/])[\\/]+$/ : /(?<=[^/])\/+$/, "");
  }
  const { userInfo } = process.getBuiltinModule("node:os");
  return userInfo().homedir;
}

/** Systems that letme is not built for count as the one that they resemble. */
function platformOf(name: string): Platform {
  return name === "win32" || name === "darwin" ? name : "linux";
}
