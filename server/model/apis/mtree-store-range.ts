import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { MAPLE_NODES, planTreeStore, runTreeStore } from "./_tree.ts";
import type { Plan } from "./_plan.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "Nodes are asked for under the tree's lock with GFP_NOWAIT | __GFP_NOWARN; if that fails, the lock is dropped where the mask blocks and the caller's mask is used.",
        evidence: "lib/maple_tree.c:mas_nomem",
      },
      {
        text: "A lock that the tree does not know as its own (mt_set_external_lock) is not dropped, nor any other: under it a blocking mask sleeps in atomic context.",
        evidence: "lib/maple_tree.c:mas_nomem",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planTreeStore(kernel, request.mask, MAPLE_NODES);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runTreeStore(sim, request.mask, MAPLE_NODES);
}

/** The maple tree (`mas_store_gfp`, lib/maple_tree.c; 6.1+). */
export const mtreeStoreRange: readonly OwnApi[] = [
  {
    name: "mtree_store_range",
    family: "tree",
    signature:
      "int mtree_store_range(struct maple_tree *mt, unsigned long index, unsigned long last, void *entry, gfp_t gfp)",
    size: "none",
    alsoTakes: [],
    takesMask: true,
    treatment,
    plan,
    run,
  },
];
