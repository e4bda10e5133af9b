import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import { warnOnce, type Simulation } from "../slowpath/simulation.ts";
import { runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { NO_PAGES, type Plan } from "./_plan.ts";
import { orderOfBytes } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

/** A fragment cache is refilled with 32 KiB where it can (PAGE_FRAG_CACHE_MAX_SIZE). */
export const FRAG_BYTES = 32 << 10;

/** The mask of the large refill (mm/page_frag_cache.c:__page_frag_cache_refill). */
function fragFirstMask(kernel: Kernel, flags: Mask): Mask {
  const { bits } = kernel;
  const kept = kernel.features.pageFragDropsDirectReclaim ? flags & ~bits.DIRECT_RECLAIM : flags;
  return mask(kept | bits.COMP | bits.NOWARN | bits.NORETRY | bits.NOMEMALLOC);
}

function notes(kernel: Kernel): readonly Note[] {
  return [
    {
      text: kernel.features.pageFragDropsDirectReclaim
        ? "A refill of 32 KiB is tried without __GFP_DIRECT_RECLAIM and with __GFP_COMP, __GFP_NOWARN, __GFP_NORETRY and __GFP_NOMEMALLOC; a single page with the caller's mask comes after it."
        : "A refill of 32 KiB is tried with __GFP_COMP, __GFP_NOWARN, __GFP_NORETRY and __GFP_NOMEMALLOC added; a single page with the caller's mask comes after it.",
      evidence: "mm/page_frag_cache.c:__page_frag_cache_refill",
    },
    {
      text: "__GFP_ZERO clears a whole refill, not the fragment: fragments of a page that was there already keep their contents.",
      evidence: "mm/page_frag_cache.c:__page_frag_cache_refill",
    },
  ];
}

const treatment = (kernel: Kernel): MaskTreatment => treatmentOf({ notes: notes(kernel) });

function alignedTreatment(kernel: Kernel): MaskTreatment {
  const checked: Note = {
    text: "An alignment that is no power of two is warned about, once, and the fragment is aligned to something else.",
    evidence: "include/linux/page_frag_cache.h:page_frag_alloc_align",
  };
  return treatmentOf({ notes: kernel.features.pageFragChecksAlignment ? [...notes(kernel), checked] : notes(kernel) });
}

/**
 * The alignment of page_frag_alloc_align() is warned about (include/linux/page_frag_cache.h:
 * WARN_ON_ONCE(!is_power_of_2(align))).
 */
export function pageFragWarnsOfAlignment(kernel: Kernel, request: AllocationRequest): boolean {
  const align = request.numbers?.align;
  return kernel.features.pageFragChecksAlignment && align !== undefined && !isPowerOfTwo(align);
}

const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planPages(kernel, request.mask, 0);
  const order = orderOfBytes(kernel, FRAG_BYTES);
  planned.firstMask = fragFirstMask(kernel, request.mask);
  planned.firstOrder = order > 0 ? order : NO_PAGES;
  if (pageFragWarnsOfAlignment(kernel, request)) planned.warns = "always";
  planned.stocked = true;
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  if (pageFragWarnsOfAlignment(sim.kernel, request)) warnOnce(sim, "page_frag_alloc_align: no power of two");
  const planned = plan(sim.kernel, request);
  if (planned.firstOrder > 0) {
    const first = runPages(sim, planned.firstMask, planned.firstOrder, request.node);
    if (first.kind !== "null") return first;
  }
  return runPages(sim, planned.mask, 0, request.node);
}

const common = {
  family: "page-frag" as const,
  size: "bytes" as const,
  alsoTakes: [] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Fragments of pages (`page_frag_alloc`, mm/page_alloc.c; mm/page_frag_cache.c since 6.13). */
export const pageFragAlloc: readonly OwnApi[] = [
  {
    ...common,
    name: "page_frag_alloc",
    signature: "void *page_frag_alloc(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp_mask)",
  },
  {
    ...common,
    name: "page_frag_alloc_align",
    signature:
      "void *page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp_mask, unsigned int align)",
    numbers: ["align"],
    treatment: alignedTreatment,
  },
];
