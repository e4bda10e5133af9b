import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import { PLACE } from "../contexts.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { NOLOCK_FLAGS } from "../masks/alloc-flags.ts";
import { allocContextOf } from "../slowpath/allocate.ts";
import { getPageFromFreelist } from "../slowpath/freelist.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { chargeKernelMemory } from "../slowpath/memcg.ts";
import { fromPages, NULL, ZERO_SIZE, type RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { kmallocCacheBits, kmallocCharges, planSlabObject } from "./kmalloc.ts";
import { NO_PAGES, refuse, type Plan } from "./_plan.ts";
import { kmallocMaxCacheBytes } from "../limits.ts";
import { bytesOf } from "../sizes.ts";
import { kmallocCacheBytes } from "./_slab.ts";
import { nolockExpects } from "../masks/nolock.ts";
import { allBut, bitsOf, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "NOWARN", "NOMEMALLOC"),
    ignored: allBut(kernel, mask(chosenBy(kernel) | bitsOf(kernel, "ZERO", "NO_OBJ_EXT", "NOWARN", "NOMEMALLOC"))),
    notes: [
      {
        text: "Only __GFP_ACCOUNT and __GFP_ZERO are expected (VM_WARN_ON_ONCE for others); no lock is waited for, so NULL is ordinary.",
        evidence: "mm/slub.c:kmalloc_nolock",
      },
      {
        text: "NULL for more than two pages, for PREEMPT_RT in hard interrupt or NMI, and on machines without a 16-byte compare-and-exchange.",
        evidence: "mm/slub.c:kmalloc_nolock",
      },
    ],
  });
}

/** The bits by which a kmalloc cache and the place of its slab are chosen. */
const chosenBy = (kernel: Kernel): Mask => bitsOf(kernel, "ACCOUNT", "DMA", "RECLAIMABLE", "THISNODE", "HARDWALL");

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const bytes = bytesOf(kernel, request);
  // What is not expected is kept all the same.
  const kept = mask(request.mask | bits.NOWARN | bits.NOMEMALLOC);
  const unexpected = request.mask & ~nolockExpects(kernel, true);
  const planned = planSlabObject(
    kernel,
    kept,
    kmallocCacheBits(kernel, kept),
    kmallocCacheBytes(Math.min(bytes, kmallocMaxCacheBytes(kernel))),
    kmallocCharges(kernel, kept),
  );
  planned.fastOnly = true;
  // No sheaf is filled where no lock may be waited for.
  planned.betweenOrder = NO_PAGES;
  planned.entryMask = EMPTY;
  planned.fails = true;
  planned.nmiSafe = true;
  if (kernel.options.DEBUG_VM && unexpected !== 0) planned.warns = "always";
  if (bytes === 0) planned.fails = false;
  if (bytes > kmallocMaxCacheBytes(kernel)) return refuse(planned, planned.warns);
  if (kernel.options.PREEMPT_RT && (request.context.places & (PLACE.hardirq | PLACE.nmi)) !== 0)
    return refuse(planned, planned.warns);
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { kernel } = sim;
  const planned = plan(kernel, request);
  if (planned.warns === "always") warnOnce(sim, "kmalloc_nolock: unexpected flags");
  if (bytesOf(kernel, request) === 0) return ZERO_SIZE;
  if (planned.refused === "always") return NULL;
  if (planned.charged && sim.machine.memcgInUse && chargeKernelMemory(sim, planned.chargeMask, 0) === "refused")
    return NULL;
  if (sim.machine.cachedObjects) return { kind: "ok", block: null };
  const take = (mask: Mask, order: number): RunResult =>
    fromPages(getPageFromFreelist(sim, mask, order, NOLOCK_FLAGS, allocContextOf(sim, mask, request.node)));
  const first = take(planned.firstMask, planned.firstOrder);
  return first.kind === "ok" ? first : take(planned.mask, planned.order);
}

/** Objects from any context (`kmalloc_nolock`, mm/slub.c; 6.18+). */
export const kmallocNolock: readonly OwnApi[] = [
  {
    name: "kmalloc_nolock",
    family: "nolock",
    signature: "void *kmalloc_nolock(size_t size, gfp_t gfp_flags, int node)",
    size: "bytes",
    alsoTakes: [],
    takesMask: true,
    treatment,
    plan,
    run,
  },
];
