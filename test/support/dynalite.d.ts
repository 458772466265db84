declare module "dynalite" {
  import type { Server } from "node:http";

  /** An implementation of DynamoDB; in memory where no path is given. */
  export default function dynalite(options?: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    readonly path?: string;
  }): Server;
}
