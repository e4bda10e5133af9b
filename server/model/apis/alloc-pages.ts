import type { Features } from "../kernels/features.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { allocPagesNode } from "../slowpath/allocate.ts";
import { fromPages, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { pagesPlan, refuse, type Plan } from "./_plan.ts";
import { orderOf } from "../sizes.ts";
import { PAGES_NOTES, treatmentOf } from "./_treatment.ts";
import type { Mask } from "../masks/mask.ts";

/**
 * One call of the page allocator (`__alloc_pages`, mm/page_alloc.c) with the mask as it is. Other APIs make their
 * tries with it.
 */
export function planPages(kernel: Kernel, mask: Mask, order: number): Plan {
  const plan = pagesPlan(mask, order, kernel.options.MEMCG && (mask & kernel.bits.ACCOUNT) !== 0);
  if (order > kernel.maxOrder) return refuse(plan, (mask & kernel.bits.NOWARN) !== 0 ? "never" : "always");
  return plan;
}

function treatment(kernel: Kernel): MaskTreatment {
  const notes: Note[] = [...PAGES_NOTES];
  notes.push({
    text: kernel.features.scopesApplyToFastPath
      ? "Scopes are applied on entry: nofs clears __GFP_FS, noio clears __GFP_IO and __GFP_FS."
      : "Scopes are applied before the slow path only: nofs clears __GFP_FS, noio clears __GFP_IO and __GFP_FS.",
    evidence: "include/linux/sched/mm.h:current_gfp_context",
  });
  const pin = PIN_NOTES[kernel.features.pinScope];
  if (pin !== null) notes.push(pin);
  return treatmentOf({ notes });
}

const PIN_NOTES: Readonly<Record<Features["pinScope"], Note | null>> = {
  absent: null,
  "clears-movable-with-cma": {
    text: "A pin scope clears __GFP_MOVABLE before the slow path, in kernels with CMA.",
    evidence: "include/linux/sched/mm.h:current_gfp_context",
  },
  "keeps-out-of-cma": {
    text: "A pin scope keeps movable requests out of CMA, and changes no bit of the mask.",
    evidence: "mm/page_alloc.c:current_alloc_flags",
  },
  "clears-movable": {
    text: "A pin scope clears __GFP_MOVABLE.",
    evidence: "include/linux/sched/mm.h:current_gfp_context",
  },
};

function onNode(kernel: Kernel, planned: Plan, request: AllocationRequest): Plan {
  if (request.node === null || !kernel.options.NUMA || planned.refused === "always") return planned;
  planned.namesNode = true;
  return planned;
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return onNode(kernel, planPages(kernel, request.mask, orderOf(kernel, request)), request);
}

function planOnePage(kernel: Kernel, request: AllocationRequest): Plan {
  return onNode(kernel, planPages(kernel, request.mask, 0), request);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return fromPages(allocPagesNode(sim, request.mask, orderOf(sim.kernel, request), request.node));
}

function runOnePage(sim: Simulation, request: AllocationRequest): RunResult {
  return fromPages(allocPagesNode(sim, request.mask, 0, request.node));
}

const common = { family: "pages" as const, takesMask: true, treatment };

/** The page allocator itself (mm/page_alloc.c). */
export const allocPages: readonly OwnApi[] = [
  {
    ...common,
    name: "alloc_pages",
    size: "order",
    alsoTakes: ["bytes", "pages"],
    plan,
    run,
    signature: "struct page *alloc_pages(gfp_t gfp, unsigned int order)",
  },
  {
    ...common,
    name: "alloc_page",
    size: "none",
    alsoTakes: ["order"],
    plan: planOnePage,
    run: runOnePage,
    signature: "struct page *alloc_page(gfp_t gfp)",
  },
  {
    ...common,
    name: "alloc_pages_node",
    size: "order",
    alsoTakes: ["bytes", "pages"],
    plan,
    run,
    signature: "struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)",
  },
  {
    ...common,
    name: "__alloc_pages",
    size: "order",
    alsoTakes: ["bytes", "pages"],
    plan,
    run,
    signature: "struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask)",
  },
  {
    ...common,
    name: "__alloc_pages_node",
    size: "order",
    alsoTakes: ["bytes", "pages"],
    plan,
    run,
    signature: "struct page *__alloc_pages_node(int nid, gfp_t gfp, unsigned int order)",
  },
];
