import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { cmaAllocate, cmaMask } from "../ranges/cma.ts";
import { NULL, type RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { fromSearch, planContig } from "./_contig.ts";
import { refuse, type Plan } from "./_plan.ts";
import { pagesOf } from "../sizes.ts";
import { allBut, bitsOf, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    ignored: allBut(kernel, bitsOf(kernel, "DIRECT_RECLAIM", "NOWARN", "DMA", "DMA32")),
    notes: [
      {
        text: "NULL at once without __GFP_DIRECT_RECLAIM, and for a single page; the caller goes on with alloc_pages.",
        evidence: "kernel/dma/contiguous.c:dma_alloc_contiguous",
      },
      {
        text: "Of the rest of the mask only __GFP_NOWARN counts; __GFP_DMA and __GFP_DMA32 pass over the areas of single nodes.",
        evidence: "kernel/dma/contiguous.c:dma_alloc_contiguous",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const { bits } = kernel;
  const planned = planContig(
    kernel,
    mask(kernel.gfp.KERNEL | (request.mask & bits.NOWARN)),
    pagesOf(kernel, request, 2),
  );
  if (!kernel.options.CMA || (request.mask & bits.DIRECT_RECLAIM) === 0 || pagesOf(kernel, request, 2) <= 1) {
    return refuse(planned, "never");
  }
  return planned;
}

function planFromContiguous(kernel: Kernel, request: AllocationRequest): Plan {
  const silent = request.mask !== 0;
  const planned = planContig(
    kernel,
    mask(kernel.gfp.KERNEL | (silent ? kernel.bits.NOWARN : 0)),
    pagesOf(kernel, request, 1),
  );
  return kernel.options.CMA && pagesOf(kernel, request, 1) > 0 ? planned : refuse(planned, "never");
}

function fromTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.gfp.KERNEL,
    ignored: allBut(kernel, EMPTY),
    notes: [
      {
        text: "Takes no mask: the last argument is a bool that silences the report.",
        evidence: "kernel/dma/contiguous.c:dma_alloc_from_contiguous",
      },
    ],
  });
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { bits } = sim.kernel;
  const pages = pagesOf(sim.kernel, request, 2);
  if ((request.mask & bits.DIRECT_RECLAIM) === 0 || pages <= 1) return NULL;
  return fromSearch(cmaAllocate(sim, cmaMask(sim, (request.mask & bits.NOWARN) !== 0), pages));
}

function runFromContiguous(sim: Simulation, request: AllocationRequest): RunResult {
  return fromSearch(cmaAllocate(sim, cmaMask(sim, request.mask !== 0), pagesOf(sim.kernel, request, 1)));
}

const common = { family: "dma" as const };

/** Contiguous memory for a device (`dma_alloc_contiguous`, kernel/dma/contiguous.c). */
export const dmaAllocContiguous: readonly OwnApi[] = [
  {
    ...common,
    size: "bytes",
    alsoTakes: ["pages", "order"],
    takesMask: true,
    treatment,
    plan,
    run,
    name: "dma_alloc_contiguous",
    signature: "struct page *dma_alloc_contiguous(struct device *dev, size_t size, gfp_t gfp)",
  },
  {
    ...common,
    size: "pages",
    alsoTakes: ["bytes", "order"],
    takesMask: false,
    treatment: fromTreatment,
    plan: planFromContiguous,
    run: runFromContiguous,
    name: "dma_alloc_from_contiguous",
    signature:
      "struct page *dma_alloc_from_contiguous(struct device *dev, size_t count, unsigned int order, bool no_warn)",
  },
];
