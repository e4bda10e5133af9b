import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { bytesOf, orderOfBytes } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

/** The bits that alloc_pages_exact() takes out with a WARN_ON_ONCE. */
function exactDrops(kernel: Kernel): Mask {
  return mask(
    (kernel.features.exactDropsComp ? kernel.bits.COMP : 0) |
      (kernel.features.exactDropsHighmem ? kernel.bits.HIGHMEM : 0),
  );
}

function treatment(kernel: Kernel): MaskTreatment {
  const notes: Note[] = [
    {
      text: "The size is rounded up to a power of two of pages, and the pages behind the size are given back: the order decides what the request may do.",
      evidence: "mm/page_alloc.c:alloc_pages_exact",
    },
  ];
  if (exactDrops(kernel) !== 0) {
    notes.push({
      text: "The pages are split, so a compound page is of no use here: WARN_ON_ONCE, and the bit is taken out.",
      evidence: "mm/page_alloc.c:alloc_pages_exact",
    });
  }
  return treatmentOf({
    cleared: mask(kernel.bits.HIGHMEM & ~exactDrops(kernel)),
    clearedWithWarning: exactDrops(kernel),
    notes,
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const dropped = exactDrops(kernel);
  const planned = planPages(
    kernel,
    mask(request.mask & ~dropped & ~kernel.bits.HIGHMEM),
    orderOfBytes(kernel, bytesOf(kernel, request)),
  );
  if ((request.mask & dropped) !== 0) planned.warns = "always";
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { kernel } = sim;
  const dropped = exactDrops(kernel);
  if ((request.mask & dropped) !== 0) warnOnce(sim, "alloc_pages_exact: compound or highmem");
  const passed = mask(request.mask & ~dropped & ~kernel.bits.HIGHMEM);
  return runPages(sim, passed, orderOfBytes(kernel, bytesOf(kernel, request)), request.node);
}

const common = {
  family: "pages-exact" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** A stretch of pages that need not be a power of two (`alloc_pages_exact`, mm/page_alloc.c). */
export const allocPagesExact: readonly OwnApi[] = [
  { ...common, name: "alloc_pages_exact", signature: "void *alloc_pages_exact(size_t size, gfp_t gfp_mask)" },
  {
    ...common,
    name: "alloc_pages_exact_nid",
    signature: "void *alloc_pages_exact_nid(int nid, size_t size, gfp_t gfp_mask)",
  },
];
