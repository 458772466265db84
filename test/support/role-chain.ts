import { planChain, type RoleChain } from "../../src/obtain/plan.ts";

/** The plan for an account of this name behind these roles, with a source profile of long-lived keys. */
export function chain(name: string, ...roles: readonly string[]): RoleChain {
  const account = { name, id: undefined, description: undefined, regions: [], tags: [], other: {} };
  return planChain(
    { ...account, roles },
    {
      contextName: "general",
      sourceIdentity: "profile default",
      sourceIsTemporary: false,
      ownStsUrl: undefined,
      sessionName: undefined,
      durationSeconds: 3600,
    },
  );
}
