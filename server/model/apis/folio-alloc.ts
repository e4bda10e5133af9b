import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { orderOf } from "../sizes.ts";
import { PAGES_NOTES, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.bits.COMP,
    notes: [
      { text: "A folio is a compound page: __GFP_COMP is added.", evidence: "mm/page_alloc.c:__folio_alloc" },
      ...PAGES_NOTES,
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planPages(kernel, mask(request.mask | kernel.bits.COMP), orderOf(kernel, request));
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runPages(sim, mask(request.mask | sim.kernel.bits.COMP), orderOf(sim.kernel, request), request.node);
}

const common = {
  family: "pages" as const,
  size: "order" as const,
  alsoTakes: ["bytes", "pages"] as const,
  takesMask: true,
  exists: (kernel: Kernel): boolean => kernel.features.hasFolioAlloc,
  treatment,
  plan,
  run,
};

/** Folios (`__folio_alloc`, mm/page_alloc.c; 5.16+). */
export const folioAlloc: readonly OwnApi[] = [
  { ...common, name: "folio_alloc", signature: "struct folio *folio_alloc(gfp_t gfp, unsigned int order)" },
  {
    ...common,
    name: "__folio_alloc",
    signature: "struct folio *__folio_alloc(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask)",
  },
];
