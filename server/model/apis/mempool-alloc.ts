import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { step, warnOnce } from "../slowpath/simulation.ts";
import { planKmalloc, runKmalloc } from "./kmalloc.ts";
import { LOOP, mightAlloc, NULL, runPages, type RunResult } from "./_run.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { orderOf, wholeAmount } from "../sizes.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";

/**
 * The mask of the second pass of a mempool; the first one also goes without DIRECT_RECLAIM and IO
 * (mm/mempool.c:mempool_alloc).
 */
function mempoolMask(kernel: Kernel, flags: Mask): Mask {
  return mask(flags | kernel.bits.NOMEMALLOC | kernel.bits.NORETRY | kernel.bits.NOWARN);
}

/** mempool_alloc() with `flags`, over a pool whose elements `element` plans. */
export function planMempool(kernel: Kernel, flags: Mask, element: (mask: Mask) => Plan): Plan {
  const { bits } = kernel;
  const adjusted = mempoolMask(kernel, flags);
  const blocking = (flags & bits.DIRECT_RECLAIM) !== 0;
  const plan = element(adjusted);
  const first = element(mask(adjusted & ~(bits.DIRECT_RECLAIM | bits.IO)));
  plan.firstMask = first.mask;
  plan.firstOrder = first.order;
  plan.sleeps = blocking;
  plan.entryMask = flags;
  plan.stocked = true;
  plan.endless = blocking;
  // What its allocator refuses, a pool may still have in reserve.
  if (plan.refused === "always") plan.refused = "may";
  if (kernel.options.DEBUG_VM && (flags & bits.ZERO) !== 0) plan.warns = "always";
  return plan;
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "NOMEMALLOC", "NORETRY", "NOWARN"),
    ignored: bitsOf(kernel, "NOFAIL", "MEMALLOC", "RETRY_MAYFAIL"),
    notes: [
      {
        text: "First without __GFP_DIRECT_RECLAIM and __GFP_IO, then from the reserve, then with the caller's bits; a blocking call waits up to 5 seconds for an element to come back and begins again, so it does not fail.",
        evidence: "mm/mempool.c:mempool_alloc",
      },
      {
        text: "A call without __GFP_DIRECT_RECLAIM returns NULL when the reserve is empty.",
        evidence: "mm/mempool.c:mempool_alloc",
      },
      {
        text: "__GFP_ZERO: VM_WARN_ON_ONCE, and elements from the reserve keep their old contents.",
        evidence: "mm/mempool.c:mempool_alloc",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const bytes = request.sizeBytes;
  if (bytes !== null)
    return planMempool(kernel, request.mask, (flags) => planKmalloc(kernel, flags, wholeAmount(bytes)));
  const order = orderOf(kernel, request);
  return planMempool(kernel, request.mask, (flags) => planPages(kernel, flags, order));
}

/** An element of the pool's own allocator. */
type ElementOf = (sim: Simulation, mask: Mask) => RunResult;

/**
 * mempool_alloc(): the allocator without sleeping, the reserve, the allocator with the caller's bits, a wait, and
 * again.
 */
export function runMempool(sim: Simulation, flags: Mask, reserveEmpty: boolean, element: ElementOf): RunResult {
  const { kernel } = sim;
  const { bits } = kernel;
  if (kernel.options.DEBUG_VM && (flags & bits.ZERO) !== 0) warnOnce(sim, "mempool_alloc: zero");
  mightAlloc(sim, flags);
  const full = mempoolMask(kernel, flags);
  let tried = mask(full & ~(bits.DIRECT_RECLAIM | bits.IO));
  for (;;) {
    const before = sim.machine.version;
    const result = element(sim, tried);
    if (result.kind !== "null") return result;
    if (!reserveEmpty) {
      step(sim, "mempool_alloc", () => "an element of the reserve");
      return { kind: "ok", block: null };
    }
    if (tried !== full) {
      tried = full;
      continue;
    }
    if ((flags & bits.DIRECT_RECLAIM) === 0) return NULL;
    step(sim, "mempool_alloc", () => "waits up to 5 seconds for an element");
    if (sim.machine.version === before) return LOOP;
  }
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const bytes = request.sizeBytes;
  if (bytes !== null) {
    return runMempool(sim, request.mask, request.poolEmpty, (on, flags) =>
      runKmalloc(on, flags, wholeAmount(bytes), null),
    );
  }
  const order = orderOf(sim.kernel, request);
  return runMempool(sim, request.mask, request.poolEmpty, (on, flags) => runPages(on, flags, order, null));
}

/** An element of a pool with a reserve (`mempool_alloc`, mm/mempool.c). */
export const mempoolAlloc: readonly OwnApi[] = [
  {
    name: "mempool_alloc",
    family: "mempool",
    signature: "void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)",
    size: "none",
    alsoTakes: ["bytes", "order", "pages"],
    takesMask: true,
    treatment,
    plan,
    run,
  },
];
