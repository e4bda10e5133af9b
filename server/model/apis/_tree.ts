import type { Kernel } from "../kernels/kernel.ts";
import type { Mask } from "../masks/mask.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import { planSlabObject, runSlabObject } from "./kmalloc.ts";
import type { Plan } from "./_plan.ts";

/** sizeof(struct xa_node) on 64 bits: the object that every tree here allocates. */
const NODE_BYTES = 576;

/**
 * A node of a tree, from its reclaimable cache (lib/radix-tree.c:radix_tree_init, SLAB_PANIC | SLAB_RECLAIM_ACCOUNT).
 */
export function planTreeNode(kernel: Kernel, flags: Mask): Plan {
  const charged = kernel.options.MEMCG && (flags & kernel.bits.ACCOUNT) !== 0;
  const plan = planSlabObject(kernel, flags, kernel.bits.RECLAIMABLE, NODE_BYTES, charged);
  // The cache has a constructor.
  if ((flags & kernel.bits.ZERO) !== 0) plan.warns = "may";
  return plan;
}

/** Takes a node on a machine. */
export function runTreeNode(sim: Simulation, flags: Mask): RunResult {
  const { bits, options } = sim.kernel;
  const charged = options.MEMCG && (flags & bits.ACCOUNT) !== 0;
  return runSlabObject(sim, flags, { bits: bits.RECLAIMABLE, objectBytes: NODE_BYTES, ctor: true, charged }, null);
}
