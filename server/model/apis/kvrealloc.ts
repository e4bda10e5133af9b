import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { kvmalloc, planKvmalloc, runKvmalloc } from "./kvmalloc.ts";
import type { Plan } from "./_plan.ts";
import { bytesOf, runBytesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  const asKvmalloc = kvmalloc[0];
  return treatmentOf({
    notes: [
      { text: "NULL leaves the old memory as it is.", evidence: "mm/util.c:kvrealloc" },
      {
        text: "__GFP_ZERO clears the growth reliably only if every call for this memory has passed it, the first one included.",
        evidence: "mm/util.c:kvrealloc",
      },
      ...(asKvmalloc === undefined ? [] : asKvmalloc.treatment(kernel).notes),
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planKvmalloc(kernel, request.mask, bytesOf(kernel, request), request);
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runKvmalloc(sim, request.mask, runBytesOf(sim.kernel, request), null);
}

/** kvmalloc memory that grows (`kvrealloc`, mm/util.c; mm/slub.c since 6.12). */
export const kvrealloc: readonly OwnApi[] = [
  {
    name: "kvrealloc",
    family: "krealloc",
    signature: "void *kvrealloc(const void *p, size_t size, gfp_t flags)",
    size: "bytes",
    alsoTakes: ["pages", "order"],
    takesMask: true,
    treatment,
    plan,
    run,
  },
];
