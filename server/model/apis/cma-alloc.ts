import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { cmaAllocate, cmaMask } from "../ranges/cma.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { NULL, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { fromSearch, planContig, RANGE_NUMBERS } from "./_contig.ts";
import { refuse, type Plan } from "./_plan.ts";
import { contigRefused } from "../masks/contig.ts";
import { pagesOf } from "../sizes.ts";
import { allBut, treatmentOf } from "./_treatment.ts";

const NOTES: readonly Note[] = [
  {
    text: "Takes no mask: the last argument is a bool that silences the report. Pages are moved out of the way with GFP_KERNEL.",
    evidence: "mm/cma.c:cma_alloc",
  },
  {
    text: "A range that is busy is passed over for the next free one of the area; count 0, and no area, give NULL.",
    evidence: "mm/cma.c:cma_alloc",
  },
];

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: kernel.gfp.KERNEL, ignored: allBut(kernel, kernel.gfp.KERNEL), notes: NOTES });
}

function folioTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    refused: contigRefused(kernel, kernel.allBits),
    notes: [{ text: "Without __GFP_COMP: WARN_ON and NULL.", evidence: "mm/cma.c:cma_alloc_folio" }],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  // Any set bit of a mask that was passed by mistake becomes `true`: no warnings.
  const silent = request.mask !== 0;
  const planned = planContig(
    kernel,
    mask(kernel.gfp.KERNEL | (silent ? kernel.bits.NOWARN : 0)),
    pagesOf(kernel, request, 1),
  );
  if (!kernel.options.CMA || pagesOf(kernel, request, 1) === 0) return refuse(planned, "never");
  return planned;
}

function planFolio(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planContig(kernel, request.mask, pagesOf(kernel, request, 1));
  if ((request.mask & kernel.bits.COMP) === 0) return refuse(planned, "always");
  if (!kernel.options.CMA) return refuse(planned, "never");
  // The area's mutex is taken before the range allocator looks at the mask.
  planned.sleeps = true;
  return planned;
}

function planFrozen(kernel: Kernel, request: AllocationRequest): Plan {
  return plan(kernel, request);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return fromSearch(cmaAllocate(sim, cmaMask(sim, request.mask !== 0), pagesOf(sim.kernel, request, 1)));
}

function runFolio(sim: Simulation, request: AllocationRequest): RunResult {
  if ((request.mask & sim.kernel.bits.COMP) === 0) {
    warnOnce(sim, "cma_alloc_folio: without compound");
    return NULL;
  }
  return fromSearch(cmaAllocate(sim, request.mask, pagesOf(sim.kernel, request, 1)));
}

/** What cma_alloc_frozen_compound() hands to the range allocator: of the caller's mask only __GFP_ZERO. */
function compoundMask(kernel: Kernel, caller: Mask): Mask {
  const { bits, gfp } = kernel;
  return mask(gfp.KERNEL | bits.COMP | bits.NOWARN | (caller & bits.ZERO));
}

function compoundTreatment(kernel: Kernel): MaskTreatment {
  const { bits, gfp } = kernel;
  const forced = mask(gfp.KERNEL | bits.COMP | bits.NOWARN);
  return treatmentOf({
    forced,
    ignored: allBut(kernel, mask(forced | bits.ZERO)),
    notes: [
      {
        text: "Of the caller's mask only __GFP_ZERO counts; the range is asked for with GFP_KERNEL | __GFP_COMP | __GFP_NOWARN.",
        evidence: "mm/cma.c:cma_alloc_frozen_compound",
      },
    ],
  });
}

function planCompound(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = planContig(kernel, compoundMask(kernel, request.mask), pagesOf(kernel, request, 512));
  return kernel.options.CMA ? planned : refuse(planned, "never");
}

function runCompound(sim: Simulation, request: AllocationRequest): RunResult {
  return fromSearch(cmaAllocate(sim, compoundMask(sim.kernel, request.mask), pagesOf(sim.kernel, request, 512)));
}

const common = {
  numbers: RANGE_NUMBERS,
  family: "cma" as const,
  size: "pages" as const,
  alsoTakes: ["bytes", "order"] as const,
};

/** Pages of a contiguous memory area (`cma_alloc`, mm/cma.c). */
export const cmaAlloc: readonly OwnApi[] = [
  {
    ...common,
    takesMask: false,
    treatment,
    plan,
    run,
    name: "cma_alloc",
    signature: "struct page *cma_alloc(struct cma *cma, unsigned long count, unsigned int align, bool no_warn)",
  },
  {
    ...common,
    size: "order",
    alsoTakes: ["pages", "bytes"],
    takesMask: true,
    treatment: folioTreatment,
    plan: planFolio,
    run: runFolio,
    name: "cma_alloc_folio",
    signature: "struct folio *cma_alloc_folio(struct cma *cma, int order, gfp_t gfp)",
  },
  {
    ...common,
    takesMask: false,
    treatment,
    plan: planFrozen,
    run,
    name: "cma_alloc_frozen",
    signature: "struct page *cma_alloc_frozen(struct cma *cma, unsigned long count, unsigned int align, bool no_warn)",
  },
  {
    ...common,
    size: "order",
    alsoTakes: ["pages", "bytes"],
    takesMask: true,
    treatment: compoundTreatment,
    plan: planCompound,
    run: runCompound,
    name: "cma_alloc_frozen_compound",
    signature: "struct page *cma_alloc_frozen_compound(struct cma *cma, unsigned int order, gfp_t caller_gfp)",
  },
];
