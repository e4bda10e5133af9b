import { writableBits } from "../kernels/designed.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import { contigIgnored, contigRefused } from "../masks/contig.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { allocContigRange as allocateRange, rangeOf, takeRange } from "../ranges/range.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { fromSearch, planContig, RANGE_NUMBERS } from "./_contig.ts";
import { refuse, type Plan } from "./_plan.ts";
import { pagesOf } from "../sizes.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";

/** What the range allocator does to a mask; `refcounted` calls refuse __GFP_COMP since 7.0. */
export function contigTreatment(kernel: Kernel, refcounted: boolean, placementHonoured: boolean): MaskTreatment {
  const { bits, features } = kernel;
  const notes: Note[] = [
    {
      text: "Isolation, draining of the per-cpu and LRU lists, and migration do not look at the mask: a call that is not refused may sleep whatever it says.",
      evidence: "mm/page_alloc.c:alloc_contig_range",
    },
  ];
  let ignored = placementHonoured
    ? mask(bits.HARDWALL | bits.WRITE | bits.MOVABLE | bits.RECLAIMABLE)
    : contigIgnored(kernel);
  let forced = bitsOf(kernel, "MOVABLE", "RETRY_MAYFAIL");
  if (features.contigTargetMask === "from-caller") {
    if (features.contigForcesHardwall) forced = mask(forced | bits.HARDWALL);
    ignored = mask(ignored & ~forced);
    notes.push({
      text: "The caller's IO, FS, reclaim and NOWARN bits are those of the migration targets; __GFP_MOVABLE and __GFP_RETRY_MAYFAIL are forced on.",
      evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
    });
    notes.push({
      text: `Anything but IO, FS, reclaim, COMP, RETRY_MAYFAIL, NOWARN, ZERO and placement bits gives -EINVAL before memory is touched: __GFP_NOFAIL, ${features.contigNoretryFastMode ? "" : "__GFP_NORETRY, "}__GFP_HIGH, __GFP_MEMALLOC, __GFP_NOMEMALLOC, __GFP_ACCOUNT.`,
      evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
    });
    if (features.contigNoretryFastMode) {
      notes.push({
        text: "__GFP_NORETRY is a fast mode: one asynchronous migration, and the end at the first -EBUSY.",
        evidence: "mm/page_alloc.c:__alloc_contig_migrate_range (Android)",
      });
      forced = mask(forced & ~bits.RETRY_MAYFAIL);
    }
  } else {
    // Everything but the NOWARN of the page dump and the compaction control's reclaim bits is without effect.
    const nowarn = features.contigNowarnSuppressesDump ? bits.NOWARN : 0;
    const comp = features.contigComp === "ignored" ? 0 : bits.COMP;
    const control = bits.IO | bits.FS | bits.DIRECT_RECLAIM | bits.KSWAPD_RECLAIM;
    const placed = placementHonoured ? (kernel.gfp.ZONEMASK & ~bits.MOVABLE) | bits.THISNODE : 0;
    forced = mask(kernel.gfp.USER | forced);
    ignored = mask(kernel.allBits & ~(nowarn | comp | control | placed | forced));
    notes.push({
      text: "Migration targets are allocated with GFP_USER | __GFP_MOVABLE | __GFP_RETRY_MAYFAIL, whatever the mask says; the caller's bits reach the compaction control only.",
      evidence: "mm/page_alloc.c:__alloc_contig_migrate_range",
    });
    if (!features.contigHonoursZero)
      notes.push({
        text: "__GFP_ZERO is dropped: the pages come with their old contents unless init_on_alloc is set.",
        evidence: "mm/compaction.c:split_map_pages",
      });
  }
  let refused = contigRefused(kernel, writableBits(kernel));
  if (features.contigComp === "refused" && refcounted) refused = mask(refused | bits.COMP);
  return treatmentOf({ forced, ignored, refused, notes });
}

/** A range by page frame numbers. */
export function planRange(kernel: Kernel, request: AllocationRequest, refcounted: boolean, pages: number): Plan {
  const plan = planContig(kernel, request.mask, pages);
  if ((request.mask & kernel.bits.COMP) !== 0 && kernel.features.contigComp === "refused" && refcounted)
    return refuse(plan, "always");
  return plan;
}

/** A call that says no size asks for one pageblock. */
const SOME_PAGES = 512;

function runRange(sim: Simulation, request: AllocationRequest, refcounted: boolean): RunResult {
  const pages = pagesOf(sim.kernel, request, SOME_PAGES);
  const range = rangeOf(sim, pages, request.node);
  if (range === null) return { kind: "errno", errno: "EINVAL" };
  const result = allocateRange(sim, request.mask, range, refcounted);
  switch (result) {
    case "ok":
      takeRange(sim, range);
      return fromSearch({ kind: "ok", zone: range.zone });
    case "loop":
    case "died":
      return { kind: result };
    default:
      return { kind: "errno", errno: result };
  }
}

const common = {
  numbers: RANGE_NUMBERS,
  family: "contig" as const,
  size: "pages" as const,
  alsoTakes: ["bytes", "order"] as const,
  takesMask: true,
};

/** A given range of page frames (`alloc_contig_range`, mm/page_alloc.c). */
export const allocContigRange: readonly OwnApi[] = [
  {
    ...common,
    name: "alloc_contig_range",
    signature:
      "int alloc_contig_range(unsigned long start, unsigned long end, acr_flags_t alloc_flags, gfp_t gfp_mask)",
    treatment: (kernel) => contigTreatment(kernel, true, false),
    plan: (kernel, request) => planRange(kernel, request, true, pagesOf(kernel, request, SOME_PAGES)),
    run: (sim, request) => runRange(sim, request, true),
  },
  {
    ...common,
    name: "alloc_contig_frozen_range",
    signature:
      "int alloc_contig_frozen_range(unsigned long start, unsigned long end, acr_flags_t alloc_flags, gfp_t gfp_mask)",
    treatment: (kernel) => contigTreatment(kernel, false, false),
    plan: (kernel, request) => planRange(kernel, request, false, pagesOf(kernel, request, SOME_PAGES)),
    run: (sim, request) => runRange(sim, request, false),
  },
];
