import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { Api, MaskTreatment } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { always, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.bits.ZERO,
    cleared: kernel.bits.HIGHMEM,
    notes: [
      {
        text: "One page by address, zeroed: __GFP_ZERO is added and __GFP_HIGHMEM taken out.",
        evidence: "mm/page_alloc.c:get_zeroed_page",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planPages(kernel, mask((request.mask | kernel.bits.ZERO) & ~kernel.bits.HIGHMEM), 0);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { bits } = sim.kernel;
  return runPages(sim, mask((request.mask | bits.ZERO) & ~bits.HIGHMEM), 0, request.node);
}

/** One zeroed page (`get_zeroed_page`, mm/page_alloc.c). */
export const getZeroedPage: readonly Api[] = [
  {
    name: "get_zeroed_page",
    family: "pages",
    signature: "unsigned long get_zeroed_page(gfp_t gfp_mask)",
    size: "none",
    alsoTakes: ["order"],
    takesMask: true,
    exists: always,
    treatment,
    plan,
    run,
  },
];
