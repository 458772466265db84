import type { CommandEntry } from "../cli/declaration.ts";

/** Every command, in the order of the help; each is loaded only when it is used. */
export const commands: readonly CommandEntry[] = [
  {
    name: "obtain",
    aliases: ["ob"],
    summary: "get temporary credentials for an account, as a profile",
    load: async () => (await import("./obtain.ts")).obtain,
  },
  {
    name: "exec",
    aliases: [],
    summary: "run a command with the credentials of an account",
    load: async () => (await import("./exec.ts")).exec,
  },
  {
    name: "export",
    aliases: [],
    summary: "print the credentials of an account, for a shell or an SDK",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "status",
    aliases: [],
    summary: "show the profiles that letme wrote, and how long they are valid",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "list",
    aliases: [],
    summary: "show the accounts",
    load: async () => (await import("./list.ts")).list,
  },
  {
    name: "whoami",
    aliases: [],
    summary: "show whom AWS takes you for, and where the credentials come from",
    load: async () => (await import("./whoami.ts")).whoami,
  },
  {
    name: "remove",
    aliases: [],
    summary: "take profiles out of your AWS files again",
    load: async () => (await import("./remove.ts")).remove,
  },
  {
    name: "session",
    aliases: [],
    summary: "show the credentials that letme remembers, MFA sessions too, or forget them",
    load: async () => (await import("./session.ts")).session,
  },
  {
    name: "init",
    aliases: [],
    summary: "keep a snapshot of the accounts on this machine",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "config",
    aliases: [],
    summary: "show, add, change, switch and check contexts",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "config-file",
    aliases: [],
    summary: "write a configuration to fill in, or check the one there is",
    load: async () => (await import("./config-file.ts")).configFile,
  },
  {
    name: "completion",
    aliases: [],
    summary: "print what makes your shell complete commands, options and names",
    load: async () => (await import("./completion.ts")).completion,
  },
];
