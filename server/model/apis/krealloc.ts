import type { Kernel } from "../kernels/kernel.ts";
import { EMPTY } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planKmalloc, runKmalloc, slabTreatment } from "./kmalloc.ts";
import type { Plan } from "./_plan.ts";
import { bytesOf, runBytesOf } from "../sizes.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return slabTreatment(kernel, EMPTY, [
    {
      text: "NULL leaves the old object as it is; size 0 frees it. An object that still fits is returned without asking for memory.",
      evidence: "mm/slab_common.c:__do_krealloc",
    },
    {
      text: "__GFP_ZERO clears the growth reliably only if every call for this object has passed it, the first one included.",
      evidence: "mm/slab_common.c:krealloc",
    },
  ]);
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planKmalloc(kernel, request.mask, bytesOf(kernel, request));
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runKmalloc(sim, request.mask, runBytesOf(sim.kernel, request), null);
}

const common = {
  family: "krealloc" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** Objects that grow (`krealloc`, mm/slab_common.c; mm/slub.c since 6.12). */
export const krealloc: readonly OwnApi[] = [
  { ...common, name: "krealloc", signature: "void *krealloc(const void *objp, size_t new_size, gfp_t flags)" },
];
