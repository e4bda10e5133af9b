import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { Api, MaskTreatment } from "./api.ts";
import { planTreeNode, runTreeNode } from "./_tree.ts";
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
  const planned = planTreeNode(kernel, request.mask);
  const first = planTreeNode(kernel, mask(kernel.gfp.NOWAIT | kernel.bits.NOWARN));
  planned.firstMask = first.mask;
  planned.firstOrder = first.order;
  planned.entryMask = first.entryMask;
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { gfp, bits } = sim.kernel;
  const first = runTreeNode(sim, mask(gfp.NOWAIT | bits.NOWARN));
  return first.kind === "null" ? runTreeNode(sim, request.mask) : first;
}

const common = {
  family: "tree" as const,
  size: "none" as const,
  alsoTakes: [] as const,
  takesMask: true,
  exists: (kernel: Kernel): boolean => kernel.features.hasXArray,
  treatment,
  plan,
  run,
};

/** The XArray (`xas_alloc`, lib/xarray.c; 4.20+). */
export const xaStore: readonly Api[] = [
  {
    ...common,
    name: "xa_store",
    signature: "void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  },
  {
    ...common,
    name: "xa_insert",
    signature: "int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)",
  },
  {
    ...common,
    name: "xa_alloc",
    signature: "int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)",
  },
  {
    ...common,
    name: "xa_alloc_cyclic",
    signature:
      "int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t gfp)",
  },
  {
    ...common,
    name: "xa_cmpxchg",
    signature: "void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)",
  },
  { ...common, name: "xa_reserve", signature: "int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)" },
];
