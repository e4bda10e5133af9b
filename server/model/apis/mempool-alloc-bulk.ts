import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { planPages } from "./alloc-pages.ts";
import type { MaskTreatment, OwnApi } from "./api.ts";
import { planMempool, runMempool } from "./mempool-alloc.ts";
import type { Plan } from "./_plan.ts";
import { runPages, type RunResult } from "./_run.ts";
import { pagesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.gfp.KERNEL,
    notes: [
      {
        text: "Several elements at once, always with GFP_KERNEL: it waits until it has all of them, so two blocking calls cannot each hold a part.",
        evidence: "mm/mempool.c:mempool_alloc_bulk",
      },
    ],
  });
}

function plan(kernel: Kernel): Plan {
  return planMempool(kernel, kernel.gfp.KERNEL, (flags) => planPages(kernel, flags, 0));
}

/** Elements of a bulk call that are followed one by one. */
const MOST_ELEMENTS = 1024;

function run(sim: Simulation, request: AllocationRequest): RunResult {
  const wanted = Math.min(
    MOST_ELEMENTS,
    Math.max(1, pagesOf(sim.kernel, { ...request, sizeBytes: null, order: null }, 1)),
  );
  let last = runMempool(sim, sim.kernel.gfp.KERNEL, request.poolEmpty, (on, flags) => runPages(on, flags, 0, null));
  for (let done = 1; done < wanted && last.kind === "ok"; done++) {
    last = runMempool(sim, sim.kernel.gfp.KERNEL, request.poolEmpty, (on, flags) => runPages(on, flags, 0, null));
  }
  return last;
}

/** Several elements of a pool (`mempool_alloc_bulk`, mm/mempool.c; 6.19+). */
export const mempoolAllocBulk: readonly OwnApi[] = [
  {
    name: "mempool_alloc_bulk",
    family: "mempool",
    signature: "int mempool_alloc_bulk(struct mempool *pool, void **elems, unsigned int count, unsigned int allocated)",
    size: "count",
    alsoTakes: ["pages"],
    takesMask: false,
    treatment,
    plan,
    run,
  },
];
