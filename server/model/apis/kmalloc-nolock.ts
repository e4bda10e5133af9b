import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY, mask, type Mask } from "../masks/mask.ts";
import { PLACE } from "../contexts.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { NOLOCK_FLAGS } from "../masks/alloc-flags.ts";
import { allocContextOf } from "../slowpath/allocate.ts";
import { getPageFromFreelist } from "../slowpath/freelist.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import { fromPages, NULL, type RunResult } from "./_run.ts";
import type { Api, MaskTreatment } from "./api.ts";
import { kmallocCharges, planSlabObject } from "./kmalloc.ts";
import { refuse, type Plan } from "./_plan.ts";
import { kmallocMaxCacheBytes } from "../limits.ts";
import { bytesOf } from "../sizes.ts";
import { kmallocCacheBytes } from "./_slab.ts";
import { allBut, bitsOf, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "NOWARN", "NOMEMALLOC"),
    ignored: allBut(kernel, bitsOf(kernel, "ACCOUNT", "ZERO", "NO_OBJ_EXT", "NOWARN", "NOMEMALLOC")),
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

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const bytes = bytesOf(kernel, request);
  const kept = mask((request.mask & (bits.ACCOUNT | bits.ZERO | bits.NO_OBJ_EXT)) | bits.NOWARN | bits.NOMEMALLOC);
  const itsOwn = kernel.features.nolockTakesItsOwnFlags ? bits.NOWARN | bits.NOMEMALLOC : 0;
  const unexpected = request.mask & ~(bits.ACCOUNT | bits.ZERO | bits.NO_OBJ_EXT | itsOwn);
  const planned = planSlabObject(
    kernel,
    kept,
    EMPTY,
    kmallocCacheBytes(Math.min(bytes, kmallocMaxCacheBytes(kernel))),
    kmallocCharges(kernel, kept),
  );
  planned.fastOnly = true;
  planned.fails = true;
  planned.nmiSafe = true;
  planned.warns = kernel.options.DEBUG_VM && unexpected !== 0 ? "always" : "never";
  if (bytes > kmallocMaxCacheBytes(kernel)) return refuse(planned, planned.warns);
  if (kernel.options.PREEMPT_RT && (request.context.places & (PLACE.hardirq | PLACE.nmi)) !== 0)
    return refuse(planned, planned.warns);
  return planned;
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const { kernel } = sim;
  const planned = plan(kernel, request);
  if (planned.warns === "always") warnOnce(sim, "kmalloc_nolock: unexpected flags");
  if (planned.refused === "always") return NULL;
  if (sim.machine.cachedObjects) return { kind: "ok", block: null };
  const take = (mask: Mask, order: number): RunResult =>
    fromPages(getPageFromFreelist(sim, mask, order, NOLOCK_FLAGS, allocContextOf(sim, mask, request.node)));
  const first = take(planned.firstMask, planned.firstOrder);
  return first.kind === "ok" ? first : take(planned.mask, planned.order);
}

/** Objects from any context (`kmalloc_nolock`, mm/slub.c; 6.18+). */
export const kmallocNolock: readonly Api[] = [
  {
    name: "kmalloc_nolock",
    family: "nolock",
    signature: "void *kmalloc_nolock(size_t size, gfp_t gfp_flags, int node)",
    size: "bytes",
    alsoTakes: [],
    takesMask: true,
    exists: (kernel) => kernel.features.hasKmallocNolock,
    treatment,
    plan,
    run,
  },
];
