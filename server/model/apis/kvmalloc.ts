import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { step, warnOnce } from "../slowpath/simulation.ts";
import { NULL, type RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import { planKmalloc, planNodeTry, runKmalloc } from "./kmalloc.ts";
import { interruptBug, planHugeFirst, planVmalloc, runVmalloc, stopsInInterrupt } from "./vmalloc.ts";
import { refuse, type Plan } from "./_plan.ts";
import { INT_MAX } from "../limits.ts";
import { bytesOf, runBytesOf } from "../sizes.ts";
import { treatmentOf } from "./_treatment.ts";

/** Whether a kvmalloc with this mask goes on to vmalloc when kmalloc has failed. */
export function kvmallocFallsBack(kernel: Kernel, flags: Mask): boolean {
  switch (kernel.features.kvmallocFallsBack) {
    case "gfp-kernel":
      return (flags & kernel.gfp.KERNEL) === kernel.gfp.KERNEL;
    case "blocking":
      return (flags & kernel.bits.DIRECT_RECLAIM) !== 0;
    case "any":
      return true;
  }
}

/** The mask of the kmalloc part (mm/util.c:kvmalloc_node; mm/slub.c:kmalloc_gfp_adjust). */
function kvmallocFirstMask(kernel: Kernel, flags: Mask, bytes: number): Mask {
  const bits = kernel.bits;
  if (bytes <= kernel.options.pageBytes) return flags;
  // Before 5.17 a mask that could not fall back was a plain kmalloc.
  if (kernel.features.kvmallocFallsBack === "gfp-kernel" && !kvmallocFallsBack(kernel, flags)) return flags;
  let first = flags | bits.NOWARN;
  if ((flags & bits.RETRY_MAYFAIL) === 0) {
    if (kernel.features.kvmallocFirstTry === "noretry") first |= bits.NORETRY;
    else first &= ~bits.DIRECT_RECLAIM;
  }
  if (kernel.features.kvmallocDropsNofailFirst) first &= ~bits.NOFAIL;
  return mask(first);
}

/** VM_ALLOW_HUGE_VMAP (mm/slub.c:__kvmalloc_node). */
function mayBeHuge({ bits, features }: Kernel, flags: Mask): boolean {
  if (!features.kvmallocHugePages) return false;
  return !features.kvmallocHugePagesNeedBlocking || (flags & bits.DIRECT_RECLAIM) !== 0;
}

function reachesInterruptBug(kernel: Kernel): Note {
  return {
    text: `When the first try fails the call reaches ${interruptBug(kernel)}.`,
    evidence: "mm/vmalloc.c:__get_vm_area_node",
  };
}

/** kvmalloc of `bytes`: kmalloc, then vmalloc where the mask allows (mm/slub.c:__kvmalloc_node). */
export function planKvmalloc(kernel: Kernel, flags: Mask, bytes: number, request: AllocationRequest): Plan {
  const bits = kernel.bits;
  const first = planKmalloc(kernel, kvmallocFirstMask(kernel, flags, bytes), bytes, "kmalloc_node");
  if (bytes <= kernel.options.pageBytes || !kvmallocFallsBack(kernel, flags)) return first;
  if (bytes > INT_MAX && kernel.features.kvmallocRefusesAboveIntMax) {
    const silent = kernel.features.kvmallocIntMaxHonoursNowarn && (flags & bits.NOWARN) !== 0;
    return refuse(first, silent ? first.warns : "always");
  }
  const last = planVmalloc(kernel, flags, bytes, request);
  last.firstMask = first.mask;
  last.firstOrder = first.order;
  last.entryMask = first.entryMask;
  last.stocked = first.stocked;
  // Only where kmalloc found nothing.
  last.sleepsAtOnce = false;
  if (mayBeHuge(kernel, flags)) planHugeFirst(kernel, last, bytes);
  if (first.warns !== "never") last.warns = first.warns;
  if (last.bugs === "always" && first.refused === "never") last.bugs = "may";
  if (stopsInInterrupt(kernel, request.context)) last.bug = reachesInterruptBug(kernel);
  else if (first.bugs !== "never" && last.bugs === "never") {
    last.bugs = first.bugs;
    last.bug = first.bug;
  }
  return last;
}

function notes(kernel: Kernel): readonly Note[] {
  const { features } = kernel;
  const first: Note = {
    text:
      features.kvmallocFirstTry === "noretry"
        ? "Above one page kmalloc is tried with __GFP_NOWARN, and with __GFP_NORETRY unless __GFP_RETRY_MAYFAIL is given."
        : "Above one page kmalloc is tried with __GFP_NOWARN, and without __GFP_DIRECT_RECLAIM unless __GFP_RETRY_MAYFAIL is given.",
    evidence: features.kvmallocFirstTry === "noretry" ? "mm/util.c:kvmalloc_node" : "mm/slub.c:kmalloc_gfp_adjust",
  };
  const fallback: Note = {
    text:
      features.kvmallocFallsBack === "gfp-kernel"
        ? "Only masks that contain all of GFP_KERNEL go on to vmalloc; any other is a plain kmalloc."
        : features.kvmallocFallsBack === "blocking"
          ? "Any mask with __GFP_DIRECT_RECLAIM goes on to vmalloc; a non-blocking one returns NULL after kmalloc."
          : `Every mask goes on to vmalloc, non-blocking ones included; vmalloc has ${interruptBug(kernel)}.`,
    evidence: features.kvmallocFallsBack === "gfp-kernel" ? "mm/util.c:kvmalloc_node" : "mm/slub.c:__kvmalloc_node",
  };
  const nofail: Note = {
    text: features.vmallocNofail
      ? "__GFP_NOFAIL is taken from the kmalloc part and kept by the vmalloc part; sizes above INT_MAX give NULL all the same."
      : "__GFP_NOFAIL is not supported: the kmalloc part gets it together with __GFP_NORETRY, and the vmalloc part can fail.",
    evidence: "mm/vmalloc.c:__vmalloc_node_range",
  };
  return [first, fallback, nofail];
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ notes: notes(kernel) });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  return planKvmalloc(kernel, request.mask, bytesOf(kernel, request), request);
}

/**
 * kvmalloc() of `bytes`: kmalloc, and where that gives nothing and the mask allows, vmalloc
 * (mm/slub.c:__kvmalloc_node).
 */
export function runKvmalloc(sim: Simulation, flags: Mask, bytes: number, node: number | null): RunResult {
  const { kernel } = sim;
  const first = runKmalloc(sim, kvmallocFirstMask(kernel, flags, bytes), bytes, node, "kmalloc_node");
  if (first.kind !== "null" || bytes <= kernel.options.pageBytes || !kvmallocFallsBack(kernel, flags)) return first;
  if (bytes > INT_MAX && kernel.features.kvmallocRefusesAboveIntMax) {
    if (!kernel.features.kvmallocIntMaxHonoursNowarn || (flags & kernel.bits.NOWARN) === 0)
      warnOnce(sim, "kvmalloc_node: above INT_MAX");
    return NULL;
  }
  step(sim, "__kvmalloc_node", () => "kmalloc gave nothing: vmalloc is next");
  return runVmalloc(sim, flags, bytes, { node, mayBeHuge: mayBeHuge(kernel, flags) });
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runKvmalloc(sim, request.mask, runBytesOf(sim.kernel, request), null);
}

function planOnNode(kernel: Kernel, request: AllocationRequest): Plan {
  return planNodeTry(kernel, plan(kernel, request), request);
}

function runOnNode(sim: Simulation, request: AllocationRequest): RunResult {
  return runKvmalloc(sim, request.mask, runBytesOf(sim.kernel, request), request.node);
}

const common = {
  family: "kvmalloc" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
  treatment,
  plan,
  run,
};

/** kmalloc, with vmalloc behind it (`kvmalloc_node`, mm/util.c; `__kvmalloc_node`, mm/slub.c since 6.15). */
export const kvmalloc: readonly OwnApi[] = [
  { ...common, name: "kvmalloc", signature: "void *kvmalloc(size_t size, gfp_t flags)" },
  {
    ...common,
    plan: planOnNode,
    run: runOnNode,
    name: "kvmalloc_node",
    signature: "void *kvmalloc_node(size_t size, gfp_t flags, int node)",
  },
];
