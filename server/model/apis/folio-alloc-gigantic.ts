import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { allocContigPages as searchRanges } from "../ranges/pages.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { fromSearch } from "./_contig.ts";
import { NULL, type RunResult } from "./_run.ts";
import { contigTreatment, planRange } from "./alloc-contig-range.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { refuse, type Plan } from "./_plan.ts";
import { isSized, orderOf } from "../sizes.ts";

function treatment(kernel: Kernel): MaskTreatment {
  const base = contigTreatment(kernel, false, true);
  return {
    ...base,
    notes: [
      {
        text: "Without __GFP_COMP, or for order 0: WARN_ON and NULL.",
        evidence: "include/linux/gfp.h:folio_alloc_gigantic",
      },
      ...base.notes,
    ],
  };
}

/** A call that says no size asks for 1 GiB with 4 KiB pages. */
const SOME_ORDER = 18;

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const order = isSized(request) ? orderOf(kernel, request) : SOME_ORDER;
  const planned = planRange(kernel, request, false, 2 ** order);
  if ((request.mask & kernel.bits.COMP) === 0 || order === 0) return refuse(planned, "always");
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const order = isSized(request) ? orderOf(sim.kernel, request) : SOME_ORDER;
  if ((request.mask & sim.kernel.bits.COMP) === 0 || order === 0) {
    warnOnce(sim, "folio_alloc_gigantic: without compound");
    return NULL;
  }
  return fromSearch(searchRanges(sim, request.mask, 2 ** order, request.node, false));
}

/** A folio larger than the buddy allocator serves (`folio_alloc_gigantic`, include/linux/gfp.h; 6.12+). */
export const folioAllocGigantic: readonly OwnApi[] = [
  {
    name: "folio_alloc_gigantic",
    family: "contig",
    size: "order",
    alsoTakes: ["pages", "bytes"],
    takesMask: true,
    signature: "struct folio *folio_alloc_gigantic(int order, gfp_t gfp, int nid, nodemask_t *node)",
    treatment,
    plan,
    run,
  },
];
