import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { cmaAllocate, cmaMask } from "../ranges/cma.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { fromSearch } from "./_contig.ts";
import { NULL, runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { refuse, type Plan } from "./_plan.ts";
import { bytesOf, orderOfBytes, runBytesOf } from "../sizes.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";

/** dma_alloc_attrs() of `bytes` (kernel/dma/mapping.c, kernel/dma/direct.c), for a device that reaches all memory. */
export function planCoherent(kernel: Kernel, flags: Mask, bytes: number): Plan {
  const { bits } = kernel;
  const passed = mask(flags & ~(bits.DMA | bits.DMA32 | bits.HIGHMEM | bits.ZERO));
  const plan = planPages(kernel, passed, orderOfBytes(kernel, bytes));
  planBackend(kernel, plan, flags, bytes);
  if (kernel.features.dmaRefusesComp && (flags & bits.COMP) !== 0) return refuse(plan, "always");
  return plan;
}

/**
 * What the backends add to a plan: failures of their own, and the contiguous area for blocking requests of more than a
 * page.
 */
export function planBackend(kernel: Kernel, plan: Plan, flags: Mask, bytes: number): void {
  // Addressing, remapping, encryption, pools.
  plan.fails = true;
  if ((flags & kernel.bits.DIRECT_RECLAIM) === 0 || !kernel.options.CMA || bytes <= kernel.options.pageBytes) return;
  plan.sleeps = true;
  plan.area = true;
  plan.stocked = true;
  // The area may serve what is too large for the page allocator.
  if (plan.refused === "always") plan.refused = "may";
  if ((flags & kernel.bits.NOWARN) === 0 && plan.warns !== "never") plan.warns = "may";
}

function notes(kernel: Kernel): readonly Note[] {
  const list: Note[] = [
    {
      text: "The masks of the device choose the zone: __GFP_DMA, __GFP_DMA32 and __GFP_HIGHMEM are taken out.",
      evidence: "kernel/dma/mapping.c:dma_alloc_attrs",
    },
    kernel.features.dmaAlwaysClears
      ? {
          text: "The memory is always cleared; __GFP_ZERO adds nothing.",
          evidence: "kernel/dma/direct.c:dma_direct_alloc",
        }
      : {
          text: "Not every backend clears the memory without __GFP_ZERO.",
          evidence: "kernel/dma/mapping.c:dma_alloc_attrs",
        },
    {
      text: "Blocking requests of more than a page try the contiguous memory areas first; __GFP_NOFAIL promises nothing here.",
      evidence: "kernel/dma/direct.c:__dma_direct_alloc_pages",
    },
  ];
  if (kernel.features.dmaRefusesComp)
    list.push({ text: "__GFP_COMP: WARN_ON_ONCE and NULL.", evidence: "kernel/dma/mapping.c:dma_alloc_attrs" });
  return list;
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    cleared: bitsOf(kernel, "DMA", "DMA32", "HIGHMEM"),
    ignored: kernel.features.dmaAlwaysClears ? kernel.bits.ZERO : EMPTY,
    refused: kernel.features.dmaRefusesComp ? kernel.bits.COMP : EMPTY,
    notes: notes(kernel),
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planCoherent(kernel, request.mask, bytesOf(kernel, request));
}

/**
 * The contiguous area for blocking requests of more than a page, then the page allocator
 * (kernel/dma/direct.c:__dma_direct_alloc_pages).
 */
export function runDirect(sim: Simulation, flags: Mask, bytes: number, node: number | null): RunResult {
  const { kernel } = sim;
  const { bits } = kernel;
  if ((flags & bits.DIRECT_RECLAIM) !== 0 && bytes > kernel.options.pageBytes) {
    const pages = Math.ceil(bytes / kernel.options.pageBytes);
    const area = fromSearch(cmaAllocate(sim, cmaMask(sim, (flags & bits.NOWARN) !== 0), pages));
    if (area.kind !== "null") return area;
  }
  return runPages(sim, flags, orderOfBytes(kernel, bytes), node);
}

/** dma_alloc_attrs() of `bytes`, for a device that reaches all memory. */
export function runCoherent(sim: Simulation, flags: Mask, bytes: number, node: number | null): RunResult {
  const { bits, features } = sim.kernel;
  if (features.dmaRefusesComp && (flags & bits.COMP) !== 0) {
    warnOnce(sim, "dma_alloc_attrs: compound");
    return NULL;
  }
  return runDirect(sim, mask(flags & ~(bits.DMA | bits.DMA32 | bits.HIGHMEM | bits.ZERO)), bytes, node);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runCoherent(sim, request.mask, runBytesOf(sim.kernel, request), request.node);
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

/** Memory that a device and the CPU share (`dma_alloc_attrs`, kernel/dma/mapping.c). */
export const dmaAllocCoherent: readonly OwnApi[] = [
  {
    ...common,
    name: "dma_alloc_attrs",
    signature:
      "void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t flag, unsigned long attrs)",
  },
];
