import type { Kernel } from "../kernels/kernel.ts";
import { mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { planCoherent, runCoherent } from "./dma-alloc-coherent.ts";
import { planKmalloc, runKmalloc } from "./kmalloc.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    cleared: bitsOf(kernel, "DMA"),
    clearedWithWarning: bitsOf(kernel, "DMA32", "HIGHMEM"),
    notes: [
      {
        text: "A new page of the pool takes the mask twice: for its descriptor by kmalloc (which complains about __GFP_DMA32 and __GFP_HIGHMEM), and without __GFP_ZERO for the memory by dma_alloc_coherent.",
        evidence: "mm/dmapool.c:pool_alloc_page",
      },
      { text: "__GFP_ZERO clears the block that is handed out.", evidence: "mm/dmapool.c:dma_pool_alloc" },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const { bits } = kernel;
  const flags = mask(request.mask & ~bits.ZERO);
  const planned = planCoherent(kernel, flags, kernel.options.pageBytes);
  const descriptor = planKmalloc(kernel, flags, DESCRIPTOR_BYTES);
  // A free block of the pool hides all of it.
  if (planned.refused === "always") planned.refused = "may";
  planned.sideMask = descriptor.mask;
  planned.side = "descriptor";
  planned.stocked = true;
  if (planned.bugs === "never" && descriptor.bugs !== "never") {
    planned.bugs = "may";
    planned.bug = descriptor.bug;
  }
  if (planned.warns !== "never" || descriptor.warns !== "never" || (flags & bits.NOWARN) === 0) planned.warns = "may";
  return planned;
}

/** sizeof(struct dma_page), about. */
const DESCRIPTOR_BYTES = 64;

/** pool_alloc_page(): the pool has no free block; a descriptor and a page are needed. */
function run(sim: Simulation, request: AllocationRequest): RunResult {
  if (sim.machine.cachedObjects) return { kind: "ok", block: null };
  const flags = mask(request.mask & ~sim.kernel.bits.ZERO);
  const descriptor = runKmalloc(sim, flags, DESCRIPTOR_BYTES, null);
  if (descriptor.kind !== "ok") return descriptor;
  return runCoherent(sim, flags, sim.kernel.options.pageBytes, request.node);
}

const common = {
  family: "dma-pool" as const,
  size: "none" as const,
  alsoTakes: ["bytes"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Small coherent blocks (`dma_pool_alloc`, mm/dmapool.c). */
export const dmaPoolAlloc: readonly OwnApi[] = [
  {
    ...common,
    name: "dma_pool_alloc",
    signature: "void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)",
  },
];
