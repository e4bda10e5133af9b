import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planTreeNode, RADIX_NODES, runTreeNode } from "./_tree.ts";
import type { Plan } from "./_plan.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "Nodes come from the cache with the caller's mask; a non-blocking call outside of interrupt takes preloaded nodes.",
        evidence: "lib/radix-tree.c:radix_tree_node_alloc",
      },
      { text: "Returns -ENOMEM without a node, -ENOSPC without a free number.", evidence: "lib/idr.c:idr_alloc_u32" },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planTreeNode(kernel, request.mask, RADIX_NODES);
  planned.fails = true;
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runTreeNode(sim, request.mask, RADIX_NODES);
}

const common = {
  family: "tree" as const,
  size: "none" as const,
  alsoTakes: [] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Numbers for objects (`idr_alloc`, `ida_alloc`, lib/idr.c). */
export const idrAlloc: readonly OwnApi[] = [
  {
    ...common,
    name: "idr_alloc",
    signature: "int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)",
  },
];
