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
    cleared: kernel.bits.HIGHMEM,
    notes: [
      {
        text: "The result is an address, so __GFP_HIGHMEM is taken out silently.",
        evidence: "mm/page_alloc.c:__get_free_pages",
      },
      ...PAGES_NOTES,
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planPages(kernel, mask(request.mask & ~kernel.bits.HIGHMEM), orderOf(kernel, request));
}

function planOnePage(kernel: Kernel, request: AllocationRequest): Plan {
  return planPages(kernel, mask(request.mask & ~kernel.bits.HIGHMEM), 0);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runPages(sim, mask(request.mask & ~sim.kernel.bits.HIGHMEM), orderOf(sim.kernel, request), request.node);
}

function runOnePage(sim: Simulation, request: AllocationRequest): RunResult {
  return runPages(sim, mask(request.mask & ~sim.kernel.bits.HIGHMEM), 0, request.node);
}

const common = { family: "pages" as const, takesMask: true, treatment };

/** Pages by address (`__get_free_pages`, mm/page_alloc.c). */
export const getFreePages: readonly OwnApi[] = [
  {
    ...common,
    name: "__get_free_pages",
    size: "order",
    alsoTakes: ["bytes", "pages"],
    plan,
    run,
    signature: "unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)",
  },
  {
    ...common,
    name: "__get_free_page",
    size: "none",
    alsoTakes: ["order"],
    plan: planOnePage,
    run: runOnePage,
    signature: "unsigned long __get_free_page(gfp_t gfp_mask)",
  },
];
