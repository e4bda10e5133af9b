import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planTreeNode, RADIX_NODES, runTreeNode } from "./_tree.ts";
import { NO_PAGES, pagesPlan, type Plan } from "./_plan.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    cleared: kernel.bits.ACCOUNT,
    notes: [
      {
        text: "Fills the CPU's stock of nodes and returns with preemption off; preloaded nodes are shared, so __GFP_ACCOUNT is taken out.",
        evidence: "lib/radix-tree.c:__radix_tree_preload",
      },
      {
        text: "radix_tree_preload() warns about a mask without __GFP_DIRECT_RECLAIM (WARN_ON_ONCE).",
        evidence: "lib/radix-tree.c:radix_tree_preload",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planTreeNode(kernel, mask(request.mask & ~kernel.bits.ACCOUNT), RADIX_NODES);
  if ((request.mask & kernel.bits.DIRECT_RECLAIM) === 0) planned.warns = "always";
  return planned;
}

function planIdr(kernel: Kernel, request: AllocationRequest): Plan {
  return planTreeNode(kernel, mask(request.mask & ~kernel.bits.ACCOUNT), RADIX_NODES);
}

function rootTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    cleared: kernel.gfp.ZONEMASK,
    notes: [
      {
        text: "The mask is kept in the root for later insertions, without its zone bits.",
        evidence: "lib/radix-tree.c:root_gfp_mask",
      },
    ],
  });
}

function planRoot(kernel: Kernel, request: AllocationRequest): Plan {
  return pagesPlan(mask(request.mask & ~kernel.gfp.ZONEMASK), NO_PAGES, false);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { bits } = sim.kernel;
  if ((request.mask & bits.DIRECT_RECLAIM) === 0) warnOnce(sim, "radix_tree_preload: not blocking");
  return runTreeNode(sim, mask(request.mask & ~bits.ACCOUNT), RADIX_NODES);
}

function runIdr(sim: Simulation, request: AllocationRequest): RunResult {
  return runTreeNode(sim, mask(request.mask & ~sim.kernel.bits.ACCOUNT), RADIX_NODES);
}

function runRoot(): RunResult {
  return { kind: "ok", block: null };
}

const common = {
  family: "tree" as const,
  size: "none" as const,
  alsoTakes: [] as const,
  takesMask: true,
};

/** Stock of tree nodes ahead of a lock (`radix_tree_preload`, lib/radix-tree.c). */
export const radixTreePreload: readonly OwnApi[] = [
  { ...common, treatment, plan, run, name: "radix_tree_preload", signature: "int radix_tree_preload(gfp_t gfp_mask)" },
  {
    ...common,
    treatment,
    plan: planIdr,
    run: runIdr,
    name: "idr_preload",
    signature: "void idr_preload(gfp_t gfp_mask)",
  },
  {
    ...common,
    treatment: rootTreatment,
    plan: planRoot,
    run: runRoot,
    name: "INIT_RADIX_TREE",
    signature: "INIT_RADIX_TREE(root, gfp_t mask)",
  },
];
