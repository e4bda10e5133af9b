import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { chargeKernelMemory } from "../slowpath/memcg.ts";
import { step, warn } from "../slowpath/simulation.ts";
import { NULL, runPages, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { NO_PAGES, pagesPlan, refuse, type Plan } from "./_plan.ts";
import { PERCPU_MAX_BYTES } from "../limits.ts";
import { bytesOf, isSized, runBytesOf } from "../sizes.ts";
import { allBut, treatmentOf } from "./_treatment.ts";

/** The bits that reach the allocation of percpu pages (mm/percpu.c:pcpu_alloc). */
function percpuHonoured(kernel: Kernel): Mask {
  const { bits, features, gfp } = kernel;
  return mask((features.percpuDropsIoAndFs ? gfp.NOIO : gfp.KERNEL) | bits.NORETRY | bits.NOWARN);
}

/** Whether the call takes from populated chunks only (mm/percpu.c:pcpu_alloc, is_atomic). */
export function percpuIsAtomic(kernel: Kernel, flags: Mask): boolean {
  if (kernel.features.percpuNofsIsAtomic) return (flags & kernel.gfp.KERNEL) !== kernel.gfp.KERNEL;
  return (flags & kernel.bits.DIRECT_RECLAIM) === 0;
}

/** A percpu allocation of `bytes` on every CPU; `sized`: the size was given. */
function planPercpu(kernel: Kernel, flags: Mask, bytes: number, sized: boolean): Plan {
  const { bits } = kernel;
  const atomic = percpuIsAtomic(kernel, flags);
  const charged = kernel.options.MEMCG && kernel.features.percpuAccount && (flags & bits.ACCOUNT) !== 0;
  const plan = pagesPlan(mask((flags & percpuHonoured(kernel)) | bits.HIGHMEM), atomic ? NO_PAGES : 0, charged);
  plan.chargeMask = flags;
  plan.sleeps = !atomic;
  // The charge comes first.
  plan.sleepsAtOnce = !atomic && !charged;
  plan.stocked = true;
  plan.fails = true;
  const warns = (flags & bits.NOWARN) === 0;
  if (warns) plan.warns = "may";
  return bytes > PERCPU_MAX_BYTES || (bytes === 0 && sized) ? refuse(plan, warns ? "always" : "never") : plan;
}

function notes(kernel: Kernel): readonly Note[] {
  return [
    {
      text: kernel.features.percpuDropsIoAndFs
        ? "Only the bits of GFP_NOIO, __GFP_NORETRY and __GFP_NOWARN reach the page allocator: GFP_KERNEL behaves as GFP_NOIO. The memory is always cleared."
        : "Only the bits of GFP_KERNEL, __GFP_NORETRY and __GFP_NOWARN reach the page allocator; the memory is always cleared.",
      evidence: "mm/percpu.c:pcpu_alloc",
    },
    {
      text: kernel.features.percpuNofsIsAtomic
        ? "A mask that lacks any bit of GFP_KERNEL, GFP_NOFS and GFP_NOIO included, is atomic: only pages that are already there are used."
        : "A mask without __GFP_DIRECT_RECLAIM is atomic: only pages that are already there are used.",
      evidence: "mm/percpu.c:pcpu_alloc",
    },
    {
      text: "More than 32 KiB, or an alignment above a page: a WARN unless __GFP_NOWARN, and NULL.",
      evidence: "mm/percpu.c:pcpu_alloc",
    },
    {
      text: "__GFP_NOFAIL only chooses a mutex that a signal cannot interrupt; the call still fails.",
      evidence: "mm/percpu.c:pcpu_alloc",
    },
  ];
}

function treatment(kernel: Kernel): MaskTreatment {
  const account = kernel.features.percpuAccount ? kernel.bits.ACCOUNT : 0;
  return treatmentOf({
    ignored: allBut(kernel, mask(percpuHonoured(kernel) | account)),
    forced: kernel.bits.HIGHMEM,
    notes: notes(kernel),
  });
}

function fixedTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: kernel.gfp.KERNEL, notes: notes(kernel) });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planPercpu(kernel, request.mask, bytesOf(kernel, request), request.sizeBytes !== null);
}

function planFixed(kernel: Kernel, request: AllocationRequest): Plan {
  return planPercpu(kernel, kernel.gfp.KERNEL, bytesOf(kernel, request), request.sizeBytes !== null);
}

/** pcpu_alloc(): from the chunks that are there; else, where the mask may sleep, from a page more for a chunk. */
function runPercpu(sim: Simulation, flags: Mask, bytes: number): RunResult {
  const { kernel, machine } = sim;
  const { bits, features } = kernel;
  if (bytes === 0 || bytes > PERCPU_MAX_BYTES) {
    if ((flags & bits.NOWARN) === 0) warn(sim, "pcpu_alloc: size or alignment");
    return NULL;
  }
  const charged = features.percpuAccount && machine.memcgInUse && (flags & bits.ACCOUNT) !== 0;
  if (charged && chargeKernelMemory(sim, flags, 0) === "refused") return NULL;
  const atomic = percpuIsAtomic(kernel, flags);
  if (!atomic) mightSleep(sim, "pcpu_alloc");
  if (machine.cachedObjects) return { kind: "ok", block: null };
  if (atomic) {
    step(sim, "pcpu_alloc", () => "no populated chunk has room, and the mask may not sleep");
    return NULL;
  }
  return runPages(sim, mask((flags & percpuHonoured(kernel)) | bits.HIGHMEM), 0, null);
}

/** A call that says no size asks for a page, or as much as there is to have. */
function objectBytes(kernel: Kernel, request: AllocationRequest): number {
  const bytes = runBytesOf(kernel, request);
  return isSized(request) ? bytes : Math.min(bytes, PERCPU_MAX_BYTES);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runPercpu(sim, request.mask, objectBytes(sim.kernel, request));
}

function runFixed(sim: Simulation, request: AllocationRequest): RunResult {
  return runPercpu(sim, sim.kernel.gfp.KERNEL, objectBytes(sim.kernel, request));
}

const common = { family: "percpu" as const, size: "bytes" as const, alsoTakes: [] as const };

/** One object for each CPU (`pcpu_alloc`, mm/percpu.c). */
export const allocPercpuGfp: readonly OwnApi[] = [
  {
    ...common,
    takesMask: true,
    treatment,
    plan,
    run,
    name: "alloc_percpu_gfp",
    signature: "typeof(type) __percpu *alloc_percpu_gfp(type, gfp_t gfp)",
  },
  {
    ...common,
    takesMask: true,
    treatment,
    plan,
    run,
    name: "__alloc_percpu_gfp",
    signature: "void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)",
  },
  {
    ...common,
    takesMask: false,
    treatment: fixedTreatment,
    plan: planFixed,
    run: runFixed,
    name: "alloc_percpu",
    signature: "typeof(type) __percpu *alloc_percpu(type)",
  },
  {
    ...common,
    takesMask: false,
    treatment: fixedTreatment,
    plan: planFixed,
    run: runFixed,
    name: "__alloc_percpu",
    signature: "void __percpu *__alloc_percpu(size_t size, size_t align)",
  },
];
