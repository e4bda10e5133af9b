import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { allocContigPages as searchRanges } from "../ranges/pages.ts";
import { fromSearch, RANGE_NUMBERS } from "./_contig.ts";
import type { RunResult } from "./_run.ts";
import { contigTreatment, planRange } from "./alloc-contig-range.ts";
import { diesInFirstPageblock } from "../ranges/range.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { refuse, type Plan } from "./_plan.ts";
import { pagesOf } from "../sizes.ts";

function treatmentFor(kernel: Kernel, refcounted: boolean): MaskTreatment {
  const base = contigTreatment(kernel, refcounted, true);
  return {
    ...base,
    notes: [
      {
        text: "Tries every aligned range of every zone that the mask allows; zone bits and __GFP_THISNODE choose the zones.",
        evidence: "mm/page_alloc.c:alloc_contig_pages",
      },
      ...base.notes,
    ],
  };
}

const FIRST_PAGEBLOCK: Note = {
  text: "With DEBUG_VM a small range at the beginning of ZONE_DMA is a BUG: page 0 belongs to no zone.",
  evidence: "mm/page_alloc.c:get_pfnblock_bitmap_bitidx",
};

function planPages(kernel: Kernel, request: AllocationRequest, refcounted: boolean): Plan {
  const pages = pagesOf(kernel, request, 1);
  const plan = planRange(kernel, request, refcounted, pages);
  if (plan.refused !== "always" && diesInFirstPageblock(kernel, pages)) {
    plan.bugs = "may";
    plan.bug = FIRST_PAGEBLOCK;
  }
  return pages === 0 ? refuse(plan, "never") : plan;
}

function runPages(sim: Simulation, request: AllocationRequest, refcounted: boolean): RunResult {
  return fromSearch(searchRanges(sim, request.mask, pagesOf(sim.kernel, request, 1), request.node, refcounted));
}

const common = {
  numbers: RANGE_NUMBERS,
  family: "contig" as const,
  size: "pages" as const,
  alsoTakes: ["bytes", "order"] as const,
  takesMask: true,
};

/** Any range of so many pages (`alloc_contig_pages`, mm/page_alloc.c; 5.5+). */
export const allocContigPages: readonly OwnApi[] = [
  {
    ...common,
    name: "alloc_contig_pages",
    signature: "struct page *alloc_contig_pages(unsigned long nr_pages, gfp_t gfp_mask, int nid, nodemask_t *nodemask)",
    treatment: (kernel) => treatmentFor(kernel, true),
    plan: (kernel, request) => planPages(kernel, request, true),
    run: (sim, request) => runPages(sim, request, true),
  },
  {
    ...common,
    name: "alloc_contig_frozen_pages",
    signature:
      "struct page *alloc_contig_frozen_pages(unsigned long nr_pages, gfp_t gfp_mask, int nid, nodemask_t *nodemask)",
    treatment: (kernel) => treatmentFor(kernel, false),
    plan: (kernel, request) => planPages(kernel, request, false),
    run: (sim, request) => runPages(sim, request, false),
  },
];
