import type { Kernel } from "../kernels/kernel.ts";
import { inInterrupt } from "../contexts.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { mightSleep } from "../slowpath/allocate.ts";
import { bug } from "../slowpath/simulation.ts";
import { DIED, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { NO_PAGES, pagesPlan, type Plan } from "./_plan.ts";
import { interruptBug, interruptNote, stopsInInterrupt } from "./vmalloc.ts";
import { treatmentOf } from "./_treatment.ts";

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: kernel.gfp.KERNEL,
    notes: [
      {
        text: `Maps pages that exist; the area and the page tables are asked for with GFP_KERNEL. ${interruptBug(kernel)}.`,
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
  planned.sleepsAtOnce = true;
  return stopsInInterrupt(kernel, request.context) ? stopped(planned, interruptNote(kernel)) : planned;
}

function stopped(plan: Plan, bug: Note): Plan {
  plan.bugs = "always";
  plan.bug = bug;
  return plan;
}

const UNMAPPED_IN_INTERRUPT: Note = {
  text: "BUG_ON(in_interrupt()): the kernel stops here.",
  evidence: "mm/vmalloc.c:vunmap",
};

function planUnmap(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = pagesPlan(kernel.gfp.KERNEL, NO_PAGES, false);
  planned.sleeps = true;
  planned.sleepsAtOnce = true;
  return inInterrupt(request.context) ? stopped(planned, UNMAPPED_IN_INTERRUPT) : planned;
}

/** The area and the page tables are taken to be there. */
function run(sim: Simulation, { api }: AllocationRequest): RunResult {
  const { kernel, context } = sim;
  if (api === "vunmap" ? inInterrupt(context) : stopsInInterrupt(kernel, context)) {
    bug(sim, api === "vunmap" ? "vunmap: in interrupt" : "__get_vm_area_node: in interrupt");
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
  treatment,
  run,
};

/** Mapping of pages that exist (`vmap`, mm/vmalloc.c): no memory of its own, but the same contexts as vmalloc. */
export const vmap: readonly OwnApi[] = [
  {
    ...common,
    plan,
    name: "vmap",
    signature: "void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)",
  },
  { ...common, plan: planUnmap, name: "vunmap", signature: "void vunmap(const void *addr)" },
];
