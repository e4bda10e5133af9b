import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import { planSlabObject, runSlabObject } from "./kmalloc.ts";
import type { Plan } from "./_plan.ts";

/** The cache that a kind of tree has its nodes from. */
export interface NodeCache {
  /** sizeof of a node on 64 bits. */
  readonly bytes: number;
  readonly reclaimable: boolean;
  readonly ctor: boolean;
}

/** Nodes of XArrays and radix trees (lib/radix-tree.c:radix_tree_init, SLAB_PANIC | SLAB_RECLAIM_ACCOUNT). */
export const RADIX_NODES: NodeCache = { bytes: 576, reclaimable: true, ctor: true };

/** Nodes of maple trees (lib/maple_tree.c:maple_tree_init). */
export const MAPLE_NODES: NodeCache = { bytes: 256, reclaimable: false, ctor: false };

/** A node of a tree, from its cache. */
export function planTreeNode(kernel: Kernel, flags: Mask, nodes: NodeCache): Plan {
  const charged = kernel.options.MEMCG && (flags & kernel.bits.ACCOUNT) !== 0;
  const plan = planSlabObject(kernel, flags, cacheBits(kernel, nodes), nodes.bytes, charged);
  if (nodes.ctor && (flags & kernel.bits.ZERO) !== 0) plan.warns = "may";
  return plan;
}

const cacheBits = (kernel: Kernel, nodes: NodeCache): Mask => mask(nodes.reclaimable ? kernel.bits.RECLAIMABLE : 0);

/** Takes a node on a machine. */
export function runTreeNode(sim: Simulation, flags: Mask, nodes: NodeCache): RunResult {
  const { bits, options } = sim.kernel;
  const charged = options.MEMCG && (flags & bits.ACCOUNT) !== 0;
  const { ctor, bytes: objectBytes } = nodes;
  return runSlabObject(sim, flags, { bits: cacheBits(sim.kernel, nodes), objectBytes, ctor, charged }, null);
}

/** The first try, under the lock of the tree (lib/xarray.c:xas_alloc, lib/maple_tree.c:mas_node_count). */
const underLock = ({ gfp, bits }: Kernel): Mask => mask(gfp.NOWAIT | bits.NOWARN);

/**
 * A store into a tree: a node under its lock, and where that gives none, one with the caller's mask; the lock is
 * dropped where that blocks.
 */
export function planTreeStore(kernel: Kernel, flags: Mask, nodes: NodeCache): Plan {
  const plan = planTreeNode(kernel, flags, nodes);
  const first = planTreeNode(kernel, underLock(kernel), nodes);
  plan.firstMask = first.mask;
  plan.firstOrder = first.order;
  plan.entryMask = first.entryMask;
  return plan;
}

/** The same on a machine. */
export function runTreeStore(sim: Simulation, flags: Mask, nodes: NodeCache): RunResult {
  const first = runTreeNode(sim, underLock(sim.kernel), nodes);
  return first.kind === "null" ? runTreeNode(sim, flags, nodes) : first;
}
