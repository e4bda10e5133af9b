import type { Kernel } from "../kernels/kernel.ts";
import { inInterrupt } from "../contexts.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { bug } from "../slowpath/simulation.ts";
import { DIED, type RunResult } from "./_run.ts";
import type { Api, MaskTreatment } from "./api.ts";
import { NO_PAGES, pagesPlan, type Plan } from "./_plan.ts";
import { IN_INTERRUPT } from "./vmalloc.ts";
import { always, treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.gfp.KERNEL,
    notes: [
      {
        text: "Maps pages that exist; the area and the page tables are asked for with GFP_KERNEL. BUG_ON(in_interrupt()).",
        evidence: "mm/vmalloc.c:vmap",
      },
    ],
  });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = pagesPlan(kernel.gfp.KERNEL, 0, false);
  planned.sleeps = true;
  planned.fails = true;
  planned.warns = "may";
  return inInterruptToo(planned, request);
}

/** vmap() and vunmap() in an interrupt. */
function inInterruptToo(plan: Plan, request: AllocationRequest): Plan {
  plan.sleepsAtOnce = true;
  if (!inInterrupt(request.context)) return plan;
  plan.bugs = "always";
  plan.bug = IN_INTERRUPT;
  return plan;
}

function planUnmap(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = pagesPlan(kernel.gfp.KERNEL, NO_PAGES, false);
  planned.sleeps = true;
  return inInterruptToo(planned, request);
}

/** The area and the page tables are taken to be there. */
function run(sim: Simulation): RunResult {
  if (inInterrupt(sim.context)) {
    bug(sim, "__get_vm_area_node: in interrupt");
    return DIED;
  }
  mightSleep(sim, "alloc_vmap_area");
  return { kind: "ok", block: null };
}

const common = {
  family: "vmalloc" as const,
  size: "none" as const,
  alsoTakes: ["count", "pages"] as const,
  takesMask: false,
  exists: always,
  treatment,
  run,
};

/** Mapping of pages that exist (`vmap`, mm/vmalloc.c): no memory of its own, but the same contexts as vmalloc. */
export const vmap: readonly Api[] = [
  {
    ...common,
    plan,
    name: "vmap",
    signature: "void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)",
  },
  { ...common, plan: planUnmap, name: "vunmap", signature: "void vunmap(const void *addr)" },
];
