import type { Hop, RoleChain } from "./plan.ts";

/**
 * Role chains put together: a hop before the last that several accounts have in common, with all
 * hops before it, stands here once.
 */
export interface TreeNode {
  /** The hops that lead here, this one last; none at the root. */
  readonly path: readonly Hop[];
  readonly branches: readonly TreeNode[];
  /** The accounts whose last hop starts from here; each has that hop for itself. */
  readonly ends: readonly RoleChain[];
}

/** Puts chains together, in the order they come. */
export function planTree(chains: readonly RoleChain[]): TreeNode {
  return grow([], chains);
}

function grow(path: readonly Hop[], chains: readonly RoleChain[]): TreeNode {
  const depth = path.length;
  const ends: RoleChain[] = [];
  const groups = new Map<string, { hop: Hop; chains: RoleChain[] }>();
  for (const chain of chains) {
    const hop = chain.hops[depth];
    if (hop === undefined || depth === chain.hops.length - 1) {
      ends.push(chain);
      continue;
    }
    const key = JSON.stringify([hop.roleArn, hop.roleSessionName, hop.durationSeconds]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hop, chains: [chain] });
    else group.chains.push(chain);
  }
  const branches = [...groups.values()].map((group) => grow([...path, group.hop], group.chains));
  return { path, branches, ends };
}

/** The AssumeRole calls that the source's own credentials, or its MFA session, are needed for. */
export function countFirstHops(root: TreeNode): number {
  return root.branches.length + root.ends.length;
}
