import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { planBackend, runDirect } from "./dma-alloc-coherent.ts";
import { NULL, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { refuse, type Plan } from "./_plan.ts";
import { bytesOf, orderOfBytes, runBytesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function refusedBits(kernel: Kernel): number {
  const { bits } = kernel;
  return bits.DMA | bits.DMA32 | bits.HIGHMEM | (kernel.features.dmaRefusesComp ? bits.COMP : 0);
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    refused: mask(refusedBits(kernel)),
    ignored: kernel.bits.ZERO,
    notes: [
      {
        text: "Zone bits are refused, not cleared as dma_alloc_coherent does: WARN_ON_ONCE and NULL.",
        evidence: "kernel/dma/mapping.c:__dma_alloc_pages",
      },
      { text: "The memory is cleared.", evidence: "kernel/dma/direct.c:dma_direct_alloc_pages" },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const { bits } = kernel;
  const bytes = bytesOf(kernel, request);
  const planned = planPages(kernel, mask(request.mask & ~bits.ZERO), orderOfBytes(kernel, bytes));
  planBackend(kernel, planned, request.mask, bytes);
  if ((request.mask & refusedBits(kernel)) !== 0) return refuse(planned, "always");
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { bits, features } = sim.kernel;
  if ((request.mask & (bits.DMA | bits.DMA32 | bits.HIGHMEM)) !== 0) {
    warnOnce(sim, "dma_alloc_pages: zone flags");
    return NULL;
  }
  if (features.dmaRefusesComp && (request.mask & bits.COMP) !== 0) {
    warnOnce(sim, "dma_alloc_pages: compound");
    return NULL;
  }
  return runDirect(sim, mask(request.mask & ~bits.ZERO), runBytesOf(sim.kernel, request), request.node);
}

const common = {
  family: "dma" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Pages for a device, not coherent (`dma_alloc_pages`, kernel/dma/mapping.c; 5.10+). */
export const dmaAllocPages: readonly OwnApi[] = [
  {
    ...common,
    name: "dma_alloc_pages",
    signature:
      "struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle, enum dma_data_direction dir, gfp_t gfp)",
  },
];
