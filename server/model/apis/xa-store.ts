import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planTreeStore, RADIX_NODES, runTreeStore } from "./_tree.ts";
import type { Plan } from "./_plan.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(): MaskTreatment {
  return treatmentOf({
    notes: [
      {
        text: "A node is asked for under xa_lock with GFP_NOWAIT | __GFP_NOWARN; if that fails, xa_lock is dropped where the mask blocks and the caller's mask is used.",
        evidence: "lib/xarray.c:__xas_nomem",
      },
      {
        text: "Only xa_lock is dropped: under any other spinlock a blocking mask sleeps in atomic context.",
        evidence: "lib/xarray.c:__xas_nomem",
      },
      {
        text: "__GFP_ACCOUNT is added for arrays with XA_FLAGS_ACCOUNT. Failure is xa_err(-ENOMEM).",
        evidence: "lib/xarray.c:xas_alloc",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planTreeStore(kernel, request.mask, RADIX_NODES);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runTreeStore(sim, request.mask, RADIX_NODES);
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

/** The XArray (`xas_alloc`, lib/xarray.c; 4.20+). */
export const xaStore: readonly OwnApi[] = [
  {
    ...common,
    name: "xa_store",
    signature: "void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  },
];
