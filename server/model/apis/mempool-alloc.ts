import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import { planPages } from "./alloc-pages.ts";
import type { Api, MaskTreatment } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { orderOf } from "./_sizes.ts";
import { always, bitsOf, treatmentOf } from "./_treatment.ts";

/** The mask of the second pass of a mempool; the first one also goes without DIRECT_RECLAIM and IO (mm/mempool.c:mempool_alloc). */
export function mempoolMask(kernel: Kernel, flags: Mask): Mask {
  return mask(flags | kernel.bits.NOMEMALLOC | kernel.bits.NORETRY | kernel.bits.NOWARN);
}

/** mempool_alloc() with `flags`, over a pool of 2^`order` pages (a pool of objects asks slab for less). */
export function planMempool(kernel: Kernel, flags: Mask, order: number): Plan {
  const { bits } = kernel;
  const adjusted = mempoolMask(kernel, flags);
  const first = mask(adjusted & ~(bits.DIRECT_RECLAIM | bits.IO));
  const blocking = (flags & bits.DIRECT_RECLAIM) !== 0;
  const plan = planPages(kernel, adjusted, order);
  plan.firstMask = first;
  plan.firstOrder = order;
  plan.sleeps = blocking;
  plan.endless = blocking;
  plan.refused = "never";
  plan.warns = kernel.options.DEBUG_VM && (flags & bits.ZERO) !== 0 ? "always" : "never";
  return plan;
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "NOMEMALLOC", "NORETRY", "NOWARN"),
    ignored: bitsOf(kernel, "NOFAIL", "MEMALLOC", "RETRY_MAYFAIL"),
    notes: [
      { text: "First without __GFP_DIRECT_RECLAIM and __GFP_IO, then from the reserve, then with the caller's bits; a blocking call waits up to 5 seconds for an element to come back and begins again, so it does not fail.", evidence: "mm/mempool.c:mempool_alloc" },
      { text: "A call without __GFP_DIRECT_RECLAIM returns NULL when the reserve is empty.", evidence: "mm/mempool.c:mempool_alloc" },
      { text: "__GFP_ZERO: VM_WARN_ON_ONCE, and elements from the reserve keep their old contents.", evidence: "mm/mempool.c:mempool_alloc" },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planMempool(kernel, request.mask, orderOf(kernel, request));
}

/** An element of a pool with a reserve (`mempool_alloc`, mm/mempool.c). */
export const mempoolAlloc: readonly Api[] = [
  { name: "mempool_alloc", family: "mempool", signature: "void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)", size: "none", alsoTakes: ["bytes", "order", "pages"], takesMask: true, exists: always, treatment, plan },
];
